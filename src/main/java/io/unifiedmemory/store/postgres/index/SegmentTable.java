package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.search.segment.BuiltSegment;
import io.unifiedmemory.search.segment.PageId;
import io.unifiedmemory.search.segment.Segment;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Sql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The statements about the segments of users' indexes. A segment never changes; of two that know a memory the one with
 * the higher rank is right. Whoever adds or removes segments of a user holds the row of that user. Stateless.
 */
public final class SegmentTable {

    private static final String ROOTS =
            "SELECT number, root, rank FROM unified_memory.segment WHERE owner = ? ORDER BY rank";

    private static final String PAGES = "SELECT p.segment, p.page, p.data FROM unified_memory.segment_page p"
            + " JOIN unnest(?, ?) AS wanted (segment, page) ON p.segment = wanted.segment AND p.page = wanted.page"
            + " WHERE p.owner = ?";

    /** Holds the row of the user, too. */
    private static final String NEXT_NUMBER = "UPDATE unified_memory.account SET last_segment = last_segment + 1"
            + " WHERE owner = ? RETURNING last_segment, last_id, indexed";

    private static final String INDEXED = "UPDATE unified_memory.account SET indexed = ? WHERE owner = ?";

    private static final String ADD =
            "INSERT INTO unified_memory.segment (owner, number, rank, root)" + " VALUES (?, ?, ?, ?)";

    private static final String ADD_PAGES = "INSERT INTO unified_memory.segment_page (owner, segment, page, data)"
            + " SELECT ?::uuid, ?::bigint, page, data FROM unnest(?, ?) AS built (page, data)";

    private SegmentTable() {}

    /** The roots of all segments of a user, the oldest first. */
    public static Sql roots(UUID owner) {
        return Sql.of(ROOTS, owner);
    }

    /** Reads what {@link #roots} finds. */
    public static List<Segment> segments(Result roots) {
        return roots.rows().stream()
                .map(row -> Segment.open(row.number(1), row.bytes(2)))
                .toList();
    }

    /** Reads pages: the number of the segment, that of the page, and its bytes. */
    static Sql pages(UUID owner, Collection<PageId> pages) {
        return Sql.of(
                PAGES,
                pages.stream().map(PageId::segment).toList(),
                pages.stream().map(PageId::page).toList(),
                owner);
    }

    /**
     * A number that no segment of the user has had, the highest number of a memory, and the user's {@code indexed}. The
     * row of the user is held from now on.
     */
    static Sql nextNumber(UUID owner) {
        return Sql.of(NEXT_NUMBER, owner);
    }

    /** Says up to which number the segments know the memories that {@link PendingTable} does not name. */
    public static Sql indexed(UUID owner, long upTo) {
        return Sql.of(INDEXED, upTo, owner);
    }

    /** Adds a segment. */
    static List<Sql> add(UUID owner, long number, long rank, BuiltSegment built) {
        List<Sql> statements = new ArrayList<>();
        statements.add(Sql.of(ADD, owner, number, rank, built.root()));
        if (!built.pages().isEmpty()) {
            List<Integer> numbers = new ArrayList<>();
            for (int page = 0; page < built.pages().size(); page++) {
                numbers.add(page);
            }
            statements.add(Sql.of(ADD_PAGES, owner, number, numbers, built.pages()));
        }
        return statements;
    }

    /** Removes segments; the first statement tells how many there were. */
    static List<Sql> remove(UUID owner, List<Long> numbers) {
        return List.of(
                Sql.of("DELETE FROM unified_memory.segment WHERE owner = ? AND number = ANY (?)", owner, numbers),
                Sql.of(
                        "DELETE FROM unified_memory.segment_page WHERE owner = ? AND segment = ANY (?)",
                        owner,
                        numbers));
    }

    /** Removes the whole index of a user, and the list of what it lacks. */
    public static List<Sql> removeAll(UUID owner) {
        return List.of(
                Sql.of("DELETE FROM unified_memory.segment WHERE owner = ?", owner),
                Sql.of("DELETE FROM unified_memory.segment_page WHERE owner = ?", owner),
                Sql.of("DELETE FROM unified_memory.pending WHERE owner = ?", owner));
    }
}
