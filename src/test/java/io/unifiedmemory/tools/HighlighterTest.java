package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.search.Query;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HighlighterTest {

    /** What is cut stands at every place around the longest word, snippet and value. */
    @Test
    void noCutSplitsACharacter() {
        for (String character : List.of("🍵", "👨‍👩‍👧", "e\u0301")) {
            for (int before = 60; before <= 85; before++) {
                String query = "x".repeat(before) + character + "yz";
                String value = "word ".repeat(60) + query + " word".repeat(60);
                MemoryEntry entry =
                        new MemoryEntry("u", query, value, Map.of(query, query), null, null, HlcTimestamp.NONE);
                Map<String, Object> matched = new Highlighter(Query.of(query)).matched(entry);
                assertThat(Texts.unpairedSurrogate(Json.write(matched))).isNegative();
                List<?> words = (List<?>) matched.get("words");
                assertThat(words)
                        .isNotEmpty()
                        .allSatisfy(word -> assertThat(word.toString()).matches("x*(" + character + ")?(yz?)?"));
            }
        }
    }

    @Test
    void noWindowSplitsACharacter() {
        String value = "👨‍👩‍👧🇩🇪e\u0301".repeat(100);
        for (int at = 0; at < 60; at++) {
            Span window = Span.window(value, List.of(new Span(300 + at, 301 + at)), 50);
            assertThat(Texts.unpairedSurrogate(Span.cut(value, window))).isNegative();
            assertThat(Span.cut(value, window)).matches("…(👨‍👩‍👧|🇩🇪|e\u0301)+…");
        }
    }
}
