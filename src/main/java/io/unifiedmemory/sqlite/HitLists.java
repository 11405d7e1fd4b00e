package io.unifiedmemory.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads the lists of hits of the index, each once. Serves one search in one transaction. */
final class HitLists {

    /** One text with all numbers costs a fraction of a row for each. */
    private static final String HITS = """
            SELECT group_concat(rowid) FROM (
                SELECT rowid FROM search_term WHERE search_term MATCH ?1 ORDER BY rowid DESC LIMIT ?2)""";

    private static final int SHORT = 10;

    private final Session session;
    private final Map<String, Read> read = new HashMap<>();

    /** @param complete whether there are no more than these, which are the latest */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Read(long[] hits, boolean complete) {}

    HitLists(Session session) {
        this.session = session;
    }

    /** What stands under the terms of an expression, by {@link DocumentId.Field field}, the latest first. */
    long[] hits(String expression, int limit) throws SQLException {
        Read known = read.get(expression);
        if (known != null && (known.hits.length == limit || (known.complete && known.hits.length < limit))) {
            return known.hits;
        }
        long[] hits;
        try (ResultSet row = session.query(HITS, expression, limit)) {
            byte[] list = row.getBytes(1);
            hits = list == null ? new long[0] : numbers(list);
        }
        read.put(expression, new Read(hits, hits.length < limit));
        return hits;
    }

    /** The memories with the terms in key, value or date, the latest first. */
    long[] documents(String expression, int limit) throws SQLException {
        return Arrays.stream(hits(expression, limit))
                .filter(hit -> DocumentId.field(hit) == DocumentId.Field.TEXT)
                .toArray();
    }

    /** Whether the list was read, and to its end. */
    boolean isComplete(String expression) {
        Read known = read.get(expression);
        return known != null && known.complete;
    }

    /** Whether the list was read and has but a few hits, so that reading the memories costs less than a shorter list. */
    boolean isShort(String expression) {
        Read known = read.get(expression);
        return known != null && known.complete && known.hits.length <= SHORT;
    }

    private static long[] numbers(byte[] list) {
        long[] numbers = new long[(list.length + 1) / 2];
        int last = 0;
        for (byte c : list) {
            if (c == ',') {
                last++;
            } else {
                numbers[last] = 10 * numbers[last] + (c - '0');
            }
        }
        return Arrays.copyOf(numbers, last + 1);
    }
}
