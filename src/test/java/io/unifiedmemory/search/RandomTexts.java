package io.unifiedmemory.search;

import java.util.List;
import java.util.Random;

/** Texts of few different words, so that they meet often: forms, slips, dates, stop words, other scripts and signs. */
public final class RandomTexts {

    private static final List<String> WORDS = List.of(
            "garden",
            "gardens",
            "Gardening",
            "gardn",
            "walk",
            "walked",
            "walking",
            "tea",
            "TEAS",
            "teapot",
            "photograph",
            "photography",
            "phtograph",
            "Ann",
            "caf\u00E9",
            "Cafe",
            "the",
            "and",
            "what",
            "When",
            "of",
            "didn",
            "I",
            "yesterday",
            "last",
            "week",
            "May",
            "may",
            "June",
            "7",
            "7th",
            "2023",
            "2022",
            "2023-05-07",
            "5/7",
            "\u6211\u559C\u6B22\u8336",
            "\u559C\u6B22",
            "\u8336",
            "\u041A\u043D\u0438\u0433\u0430",
            "\u043A\u043D\u0438\u0433\u0438",
            "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2",
            "Stra\u00DFe",
            "STRASSE",
            "\uD83C\uDF75",
            "\u0130stanbul",
            "\u0E44\u0E17\u0E22",
            "room7",
            "a1b2",
            "e\u0301te",
            "unser",
            "Teegarten",
            "Garten",
            "walkGardenTea",
            "walk_garden_tea",
            "1,299.00",
            "1299",
            "v2.3.1",
            "x");

    private static final List<String> BETWEEN = List.of(" ", " ", " ", " ", " ", ", ", "-", "", "'", ". ", "\n", "_");

    private static final List<String> ENDS = List.of("", "", "", "?", ".", "\uFF1F", "? ");

    private RandomTexts() {}

    public static String word(Random random) {
        return any(WORDS, random);
    }

    public static String text(Random random, int mostWords) {
        StringBuilder text = new StringBuilder();
        for (int words = random.nextInt(mostWords + 1); words > 0; words--) {
            text.append(word(random)).append(words > 1 ? any(BETWEEN, random) : "");
        }
        return text + any(ENDS, random);
    }

    /** A part of a text, of which nobody takes half a character, in the one case or another. */
    public static String partOf(String text, Random random) {
        int characters = text.codePointCount(0, text.length());
        int from = random.nextInt(characters + 1);
        int to = from + random.nextInt(characters - from + 1);
        String part = text.substring(text.offsetByCodePoints(0, from), text.offsetByCodePoints(0, to));
        StringBuilder inAnyCase = new StringBuilder();
        part.codePoints()
                .map(c -> random.nextInt(4) > 0
                        ? c
                        : random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c))
                .forEach(inAnyCase::appendCodePoint);
        return inAnyCase.toString();
    }

    public static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    /** Whether a text contains another one, as the library sees it. */
    static boolean contains(String text, String part) {
        for (int at = 0; at + part.length() <= text.length(); at++) {
            if (text.regionMatches(true, at, part, 0, part.length())) {
                return true;
            }
        }
        return false;
    }
}
