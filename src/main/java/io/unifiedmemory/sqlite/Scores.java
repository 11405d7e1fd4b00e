package io.unifiedmemory.sqlite;

import java.util.Arrays;

/** A number for each of many documents; 0 for all others. An open hash table without boxes. Not thread-safe. */
final class Scores {

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
        long[] all = Arrays.stream(documents).filter(document -> document != 0).toArray();
        double[] values = Arrays.stream(all).mapToDouble(this::get).toArray();
        double least = values.length <= most ? Double.NEGATIVE_INFINITY : nthLargest(values, most);
        return Arrays.stream(all)
                .filter(document -> get(document) >= least)
                .boxed()
                .sorted((a, b) -> {
                    int byScore = Double.compare(get(b), get(a));
                    return byScore != 0 ? byScore : Long.compare(b, a);
                })
                .limit(most)
                .mapToLong(Long::longValue)
                .toArray();
    }

    private static double nthLargest(double[] values, int n) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - n];
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
        documents = new long[2 * oldDocuments.length];
        scores = new double[2 * oldScores.length];
        for (int i = 0; i < oldDocuments.length; i++) {
            if (oldDocuments[i] != 0) {
                int slot = slot(oldDocuments[i]);
                documents[slot] = oldDocuments[i];
                scores[slot] = oldScores[i];
            }
        }
    }
}
