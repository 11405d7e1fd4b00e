package io.unifiedmemory.search;

/** Weighs the words of a query in a text: BM25 (Robertson and Zaragoza, 2009). Stateless. */
public final class Bm25 {

    /** How soon further occurrences stop counting, and how much a text above the average length is discounted. */
    private static final double K1 = 1.2;

    private static final double B = 0.75;

    private Bm25() {}

    /** The inverse document frequency, in the form that is never negative. */
    public static double rarity(long texts, long withTheWord) {
        return Math.log(1 + (texts - withTheWord + 0.5) / (withTheWord + 0.5));
    }

    /**
     * The part of the weight that depends on occurrences and length.
     *
     * @param length the length of the text, in average lengths; a text shorter than the average gets no bonus
     */
    public static double saturated(double occurrences, double length) {
        return occurrences * (K1 + 1) / (occurrences + K1 * (1 - B + B * Math.max(1, length)));
    }
}
