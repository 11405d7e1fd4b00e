package io.unifiedmemory.search;

import java.util.Arrays;

/**
 * Tells which words differ from one word by a few edits. An edit is a character that is missing, extra or replaced, or
 * two neighbours that are swapped, once each (optimal string alignment). Of the whole table, only the cells that a path
 * of so few edits can cross are computed, in three rows that every comparison reuses. Not thread-safe.
 */
final class EditDistance {

    private final String word;
    private final int most;

    /** Each row holds, for a prefix of the other word, the distances of the prefixes of this word. */
    private int[] row;

    private int[] rowBefore;
    private int[] rowBeforeThat;

    /** @param most the largest number of edits */
    EditDistance(String word, int most) {
        this.word = word;
        this.most = most;
        row = new int[word.length() + 1];
        rowBefore = new int[word.length() + 1];
        rowBeforeThat = new int[word.length() + 1];
    }

    /** Whether at most that many edits lead from one word to the other. */
    boolean isWithin(String other) {
        if (Math.abs(other.length() - word.length()) > most) {
            return false;
        }
        Arrays.setAll(row, column -> column);
        int leastBefore;
        int least = 0;
        for (int i = 1; i <= other.length(); i++) {
            turn();
            leastBefore = least;
            least = fill(i, other);
            if (least > most && leastBefore > most) {
                return false; // a row depends only on the two rows before it
            }
        }
        return row[word.length()] <= most;
    }

    /** Computes the cells around the diagonal and returns the smallest. The cells beside them count as too far. */
    private int fill(int i, String other) {
        int from = Math.max(1, i - most);
        int to = Math.min(word.length(), i + most);
        row[from - 1] = from == 1 ? i : most + 1;
        int least = row[from - 1];
        for (int j = from; j <= to; j++) {
            int replaced = rowBefore[j - 1] + (other.charAt(i - 1) == word.charAt(j - 1) ? 0 : 1);
            int best = Math.min(replaced, Math.min(rowBefore[j], row[j - 1]) + 1);
            boolean swapped = i > 1
                    && j > 1
                    && other.charAt(i - 1) == word.charAt(j - 2)
                    && other.charAt(i - 2) == word.charAt(j - 1);
            row[j] = swapped ? Math.min(best, rowBeforeThat[j - 2] + 1) : best;
            least = Math.min(least, row[j]);
        }
        if (to < word.length()) {
            row[to + 1] = most + 1;
        }
        return least;
    }

    private void turn() {
        int[] oldest = rowBeforeThat;
        rowBeforeThat = rowBefore;
        rowBefore = row;
        row = oldest;
    }
}
