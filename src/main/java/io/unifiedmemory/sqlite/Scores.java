package io.unifiedmemory.sqlite;

/** A number for each of many documents; 0 for all others. An open hash table without boxes. Not thread-safe. */
final class Scores {

    private static final int GROWTH = 4;

    private long[] documents = new long[1 << 8];
    private double[] scores = new double[1 << 8];
    private int size;

    double get(long document) {
        return scores[slot(document)];
    }

    void add(long document, double score) {
        int slot = slot(document);
        if (documents[slot] == 0) {
            documents[slot] = document;
            size++;
        }
        scores[slot] += score;
        if (2 * size > documents.length) {
            grow();
        }
    }

    /** Adds every score to that of the same document there. */
    void addTo(Scores others) {
        for (int i = 0; i < documents.length; i++) {
            if (documents[i] != 0) {
                others.add(documents[i], scores[i]);
            }
        }
    }

    int size() {
        return size;
    }

    /** The documents with the highest scores, best first; of equal ones the latest. */
    long[] best(int most) {
        long[] best = new long[Math.min(most, size)];
        int count = 0;
        for (long document : documents) {
            if (document != 0 && count < best.length) {
                best[count++] = document;
                if (count == best.length) {
                    makeHeap(best);
                }
            } else if (document != 0 && count > 0 && isBetter(document, best[0])) {
                best[0] = document;
                sink(best, 0, count);
            }
        }
        for (int end = count - 1; end > 0; end--) {
            long worst = best[0];
            best[0] = best[end];
            best[end] = worst;
            sink(best, 0, end);
        }
        return best;
    }

    private void makeHeap(long[] heap) {
        for (int i = heap.length / 2 - 1; i >= 0; i--) {
            sink(heap, i, heap.length);
        }
    }

    /** Restores the order of a heap with the worst on top, where only this one may be out of place. */
    private void sink(long[] heap, int from, int size) {
        int at = from;
        while (true) {
            int worst = at;
            for (int child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
                if (isBetter(heap[worst], heap[child])) {
                    worst = child;
                }
            }
            if (worst == at) {
                return;
            }
            long sinking = heap[at];
            heap[at] = heap[worst];
            heap[worst] = sinking;
            at = worst;
        }
    }

    private boolean isBetter(long document, long other) {
        int byScore = Double.compare(get(document), get(other));
        return byScore != 0 ? byScore > 0 : document > other;
    }

    private int slot(long document) {
        int mask = documents.length - 1;
        int slot = (int) ((document * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (documents[slot] != 0 && documents[slot] != document) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldDocuments = documents;
        double[] oldScores = scores;
        documents = new long[GROWTH * oldDocuments.length];
        scores = new double[GROWTH * oldScores.length];
        for (int i = 0; i < oldDocuments.length; i++) {
            if (oldDocuments[i] != 0) {
                int slot = slot(oldDocuments[i]);
                documents[slot] = oldDocuments[i];
                scores[slot] = oldScores[i];
            }
        }
    }
}
