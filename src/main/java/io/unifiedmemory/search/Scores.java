package io.unifiedmemory.search;

import java.util.Arrays;

/**
 * A score for each of many documents; 0 for all others. Posting lists come sorted, so the scores are kept in sorted
 * arrays: adding documents in descending order, and adding up two instances, costs next to nothing. Not thread-safe.
 */
public final class Scores {

    private static final int FIRST_CAPACITY = 1 << 6;

    /** Document numbers, in descending order. */
    private long[] documents = new long[FIRST_CAPACITY];

    private double[] scores = new double[FIRST_CAPACITY];
    private int size;

    public double get(long document) {
        int at = indexOf(document);
        return at >= 0 ? scores[at] : 0;
    }

    public void add(long document, double score) {
        int at = size == 0 || document < documents[size - 1] ? -size - 1 : indexOf(document);
        if (at >= 0) {
            scores[at] += score;
        } else {
            insert(-at - 1, document, score);
        }
    }

    private void insert(int at, long document, double score) {
        if (size == documents.length) {
            documents = Arrays.copyOf(documents, 2 * size);
            scores = Arrays.copyOf(scores, 2 * size);
        }
        System.arraycopy(documents, at, documents, at + 1, size - at);
        System.arraycopy(scores, at, scores, at + 1, size - at);
        documents[at] = document;
        scores[at] = score;
        size++;
    }

    /** The index of the document, or -1 minus the index where it belongs. */
    private int indexOf(long document) {
        int from = 0;
        int to = size - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (documents[middle] == document) {
                return middle;
            }
            if (documents[middle] > document) {
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return -from - 1;
    }

    /** The same scores, to be changed apart from these. */
    Scores copy() {
        Scores copy = new Scores();
        addTo(copy);
        return copy;
    }

    /** Adds every score to the score of the same document in {@code others}. */
    public void addTo(Scores others) {
        long[] ours = documents;
        long[] theirs = others.documents;
        int most = size + others.size;
        long[] sumDocuments = new long[Math.max(most, FIRST_CAPACITY)];
        double[] sumScores = new double[sumDocuments.length];
        int i = 0;
        int j = 0;
        int count = 0;
        while (i < size || j < others.size) {
            boolean our = j == others.size || (i < size && ours[i] >= theirs[j]);
            boolean their = i == size || (j < others.size && theirs[j] >= ours[i]);
            sumDocuments[count] = our ? ours[i] : theirs[j];
            sumScores[count++] = (our ? scores[i] : 0) + (their ? others.scores[j] : 0);
            i += our ? 1 : 0;
            j += their ? 1 : 0;
        }
        others.documents = sumDocuments;
        others.scores = sumScores;
        others.size = count;
    }

    public int size() {
        return size;
    }

    /** The documents with the highest scores, best first; among equal scores the latest first. */
    public long[] best(int most) {
        int[] heap = new int[Math.min(most, size)];
        for (int i = 0; i < heap.length; i++) {
            heap[i] = i;
        }
        for (int i = heap.length / 2 - 1; i >= 0; i--) {
            sink(heap, i, heap.length);
        }
        for (int i = heap.length; i < size && heap.length > 0; i++) {
            if (isBetter(i, heap[0])) {
                heap[0] = i;
                sink(heap, 0, heap.length);
            }
        }
        long[] best = new long[heap.length];
        for (int end = heap.length - 1; end >= 0; end--) {
            best[end] = documents[heap[0]];
            heap[0] = heap[end];
            sink(heap, 0, end);
        }
        return best;
    }

    /** Restores the order of a heap with the worst document on top, when only {@code from} may be out of place. */
    private void sink(int[] heap, int from, int end) {
        int at = from;
        while (true) {
            int worst = at;
            for (int child = 2 * at + 1; child <= 2 * at + 2 && child < end; child++) {
                if (isBetter(heap[worst], heap[child])) {
                    worst = child;
                }
            }
            if (worst == at) {
                return;
            }
            int sinking = heap[at];
            heap[at] = heap[worst];
            heap[worst] = sinking;
            at = worst;
        }
    }

    private boolean isBetter(int place, int other) {
        return scores[place] > scores[other] || (scores[place] == scores[other] && place < other);
    }
}
