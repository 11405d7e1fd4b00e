package io.unifiedmemory.memory.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values and keys that a backend alters when it takes them for syntax, trims, folds or decodes them. */
final class HardTexts {

    private HardTexts() {}

    /** Values, by what is hard about each. */
    static Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("CRLF", "first\r\nsecond\r\n");
        texts.put("lone CR", "a\rb\r");
        texts.put("newlines around", "\n\n middle \n\n");
        texts.put("blanks around", "  \t padded \t  ");
        texts.put("only blanks", "   ");
        texts.put("quotes", "'single' \"double\" `back` \\ \\\\ \\n");
        texts.put(
                "emoji with ZWJ",
                "family \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 flag \uD83C\uDDE9\uD83C\uDDEA");
        texts.put("combining marks", "e\u0301 a\u0308\u0323 not \u00E9 \u00E4");
        texts.put("right to left", "\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u202Eabc\u202C");
        texts.put("CJK", "\u6211\u559C\u6B22\u82F9\u679C\uD840\uDC0B");
        texts.put("invisible", "\uFEFFbom \u200Bzero \u00ADsoft \u00A0nbsp\u2028line\u2029paragraph");
        texts.put("noncharacters", "\uFFFE \uFFFF \uFFFD \uDBFF\uDFFF");
        texts.put("control characters", "\u0001\u0007\u001B[31m\u007F\u0085");
        texts.put("an error in words", "Error: x");
        texts.put("an error as JSON", "{\"error\": \"no such memory\"}");
        texts.put("JSON object", "{\"b\": 1, \"a\": [1.0, null, true], \"user_id\": \"other\", \"version\": 7}");
        texts.put("JSON string", "\"quoted\"");
        texts.put("JSON number", "1.0");
        texts.put("JSON null", "null");
        texts.put(
                "an envelope", "{\"v\":1,\"value\":\"inner\",\"metadata\":{},\"created_at\":\"2020-01-01T00:00:00Z\"}");
        texts.put("front matter", "---\nkey: value\n---\n[key] value <!-- version=1 -->");
        texts.put("SQL", "'); DROP TABLE memory; --");
        texts.put("percent escapes", "100 %41 %2F %00 &amp; &#65; ${HOME} \\u0041");
        texts.put("empty", "");
        return texts;
    }

    /** Keys, all different. */
    static List<String> names() {
        return List.of(
                "a/b",
                "/",
                "a%b",
                "%2F",
                "\"",
                "'",
                "\\",
                ":",
                "a b",
                " a",
                "a ",
                "\u952E\u540D",
                "\uD83D\uDE00",
                "*",
                "_",
                "%",
                "A",
                "a",
                "\u00E9",
                "e\u0301",
                "../up",
                "a?b#c&d=e",
                "null",
                "0",
                "k".repeat(512),
                "\uD83D\uDE00".repeat(256));
    }
}
