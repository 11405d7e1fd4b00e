package io.unifiedmemory.store;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts with the statistics of notes: half of the words are stop words, most others come from a common vocabulary by
 * Zipf's law, and of 25 words one or two are names and numbers that hardly occur again. Memory number i is the same in
 * every run.
 */
public final class GeneratedText {

    private static final List<String> STOP_WORDS = List.of(
            ("the of and to a in is was he for it with as his on be at by i this had not are but from or have an they "
                            + "which one you were her all she there would their we him been has when who will more no "
                            + "if out so said")
                    .split(" "));

    private static final String[] SYLLABLES = {
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi",
        "yo", "zu", "bran", "chel", "dri", "flo", "gar", "hin", "jon", "ker", "lin", "mar", "nor", "pol", "quan", "ros",
        "sten", "tor", "ul", "ver", "wil", "zan"
    };

    private static final String[] ENDINGS = {"", "", "", "", "s", "ed", "ing"};

    private static final int COMMON_WORDS = 3_000;

    /** Of the common words, one that one memory in about a hundred has. */
    private static final int RANK_IN_ONE_PERCENT = 137;

    private static final int WORDS = 25;

    private GeneratedText() {}

    /** The value of that number. */
    public static String value(int number) {
        Random random = new Random(number);
        int length = WORDS / 2 + random.nextInt(WORDS);
        return rareWord(number)
                + ' '
                + IntStream.range(1, length).mapToObj(i -> word(random)).collect(Collectors.joining(" "));
    }

    /** The first word of the value of that number. */
    public static String rareWord(int number) {
        return rare(new Random(-1L - number));
    }

    /** A word that one memory in about a hundred has. */
    public static String wordOfOnePercent(Random random) {
        return common(RANK_IN_ONE_PERCENT - 10 + random.nextInt(20));
    }

    /** Ten words, none of them a stop word. */
    public static String question(int number, Random random) {
        return rareWord(number)
                + ' '
                + IntStream.range(1, 10).mapToObj(i -> common(zipf(random))).collect(Collectors.joining(" ", "", "?"));
    }

    private static String word(Random random) {
        int kind = random.nextInt(100);
        if (kind < 50) {
            return STOP_WORDS.get(random.nextInt(STOP_WORDS.size()));
        }
        return kind < 98 ? common(zipf(random)) + ENDINGS[random.nextInt(ENDINGS.length)] : rare(random);
    }

    private static int zipf(Random random) {
        return (int) Math.pow(COMMON_WORDS, random.nextDouble());
    }

    private static String common(int rank) {
        Random random = new Random(1_000_003L * rank);
        return syllables(random, 2 + random.nextInt(2));
    }

    private static String rare(Random random) {
        return syllables(random, 3 + random.nextInt(2));
    }

    private static String syllables(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> SYLLABLES[random.nextInt(SYLLABLES.length)])
                .collect(Collectors.joining());
    }
}
