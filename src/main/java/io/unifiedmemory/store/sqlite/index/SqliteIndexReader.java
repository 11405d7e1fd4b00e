package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.Handle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One user's part of the search index in the database file, in one snapshot. */
final class SqliteIndexReader implements IndexReader<SQLException> {

    /** One text with all numbers costs a fraction of a row for each. */
    private static final String POSTINGS = """
            SELECT group_concat(rowid) FROM (
                SELECT rowid FROM search_term WHERE search_term MATCH ?1 ORDER BY rowid DESC LIMIT ?2)""";

    /** Where memories stand in their conversations, and the two before and the two after them, the nearest first. */
    private static final String PLACES = """
            SELECT e.document, e.session,
                (SELECT group_concat(document) FROM
                    (SELECT n.document FROM search_entry n
                     WHERE n.user = e.user AND n.session = e.session AND (n.at, n.id) > (e.at, e.id)
                     ORDER BY n.at, n.id LIMIT 2)),
                (SELECT group_concat(document) FROM
                    (SELECT p.document FROM search_entry p
                     WHERE p.user = e.user AND p.session = e.session AND (p.at, p.id) < (e.at, e.id)
                     ORDER BY p.at DESC, p.id DESC LIMIT 2))
            FROM json_each(?1) best CROSS JOIN search_entry e ON e.id = best.value >> ?2
            WHERE e.session IS NOT NULL""";

    /** By way of the memories: search_entry has no index by user alone. */
    private static final String ALL = """
            SELECT e.document FROM search_user u CROSS JOIN memory m ON m.user_id = u.user_id
            CROSS JOIN search_entry e ON e.id = m.id AND e.user = u.number WHERE u.number = ?1""";

    private static final String HAS_CONVERSATIONS =
            "SELECT EXISTS (SELECT 1 FROM search_entry WHERE user = ?1 AND session IS NOT NULL)";

    private final Handle handle;
    private final SearchIndex index;
    private final SearchIndex.User user;

    SqliteIndexReader(Handle handle, SearchIndex index, SearchIndex.User user) {
        this.handle = handle;
        this.index = index;
        this.user = user;
    }

    @Override
    public long entries() {
        return user.entries();
    }

    @Override
    public long words() {
        return user.words();
    }

    @Override
    public long[] postings(Expression expression, int limit) throws SQLException {
        try (ResultSet row = handle.query(POSTINGS, user.terms().match(expression), limit)) {
            byte[] list = row.getBytes(1);
            return list == null ? new long[0] : numbers(list);
        }
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

    @Override
    public List<String> surfacesFrom(String prefix, int limit) throws SQLException {
        return index.dictionary().from(handle, user, prefix, limit);
    }

    @Override
    public @Nullable List<String> surfacesAt(Query.Edge edge, int limit) throws SQLException {
        return index.dictionary().at(handle, user, edge, limit);
    }

    @Override
    public List<Place> places(long[] documents) throws SQLException {
        List<Place> places = new ArrayList<>();
        if (handle.number(HAS_CONVERSATIONS, user.number()) == 0) {
            return places;
        }
        try (ResultSet rows = handle.query(PLACES, Arrays.toString(documents), DocumentNumber.ID_SHIFT)) {
            while (rows.next()) {
                places.add(new Place(
                        rows.getLong(1), rows.getLong(2), documents(rows.getString(3)), documents(rows.getString(4))));
            }
        }
        return places;
    }

    @Override
    public long[] all() throws SQLException {
        LongStream.Builder documents = LongStream.builder();
        try (ResultSet rows = handle.query(ALL, user.number())) {
            while (rows.next()) {
                documents.add(rows.getLong(1));
            }
        }
        return documents.build().toArray();
    }

    private static List<Long> documents(@Nullable String list) {
        return list == null
                ? List.of()
                : Stream.of(list.split(",", -1)).map(Long::valueOf).toList();
    }
}
