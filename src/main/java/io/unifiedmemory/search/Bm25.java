package io.unifiedmemory.search;

/** Weighs the words of a query in a text: BM25 (Robertson and Zaragoza, 2009). Stateless. */
public final class Bm25 {

    /** How soon further occurrences stop counting, and how much a text is discounted for its length. */
    private static final double K1 = 1.2;

    private static final double B = 0.75;

    /**
     * The length, in words, below which a text gets no further bonus for being short: "Thanks, Ann!" says less than its
     * length promises. A fact of one sentence has about as many. The average length is no such bound: where facts stand
     * beside answers of hundreds of words, each of them is below it.
     */
    private static final double SHORT = 16;

    private Bm25() {}

    /** The inverse document frequency, in the form that is never negative. */
    public static double rarity(long texts, long withTheWord) {
        return Math.log(1 + (texts - withTheWord + 0.5) / (withTheWord + 0.5));
    }

    /**
     * The part of the weight that depends on occurrences and length.
     *
     * @param words the length of the text
     * @param averageWords the average length of the texts
     */
    public static double saturated(double occurrences, double words, double averageWords) {
        double length = Math.max(SHORT, words) / Math.max(SHORT, averageWords);
        return occurrences * (K1 + 1) / (occurrences + K1 * (1 - B + B * length));
    }
}
