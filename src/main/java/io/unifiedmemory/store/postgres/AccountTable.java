package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import io.unifiedmemory.store.postgres.index.PendingTable;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The statements about users. Whoever writes anything of a user holds the row of that user until the end of the
 * transaction, so the writes of one user follow each other, and those of different users never meet. Stateless.
 */
final class AccountTable {

    private static final String LOCK = "SELECT a.last_id, a.indexed, a.newest, a.wall, c.newest, c.wall"
            + " FROM unified_memory.account a CROSS JOIN unified_memory.clock c WHERE a.owner = ? FOR UPDATE OF a";

    private static final String CREATE = "INSERT INTO unified_memory.account"
            + " (owner, user_id, last_id, indexed, last_segment, newest, wall) VALUES (?, ?, 0, 0, 0, 0, 0)"
            + " ON CONFLICT (owner) DO NOTHING";

    private static final String CHANGE =
            "UPDATE unified_memory.account SET last_id = ?, newest = ?, wall = ? WHERE owner = ?";

    private AccountTable() {}

    /**
     * A user, as whoever holds the row knows it. Immutable.
     *
     * @param lastId the highest number that a memory of the user had
     * @param indexed the highest number that the search index has taken notice of, see {@link PendingTable}
     * @param own how far the clocks were in the user's transactions
     * @param all how far they were outside of transactions
     */
    record Account(long lastId, long indexed, Mark own, Mark all) {

        /** How far the clocks were as far as it concerns this user. */
        Mark mark() {
            return new Mark(
                    own.newest().isNewerThan(all.newest()) ? own.newest() : all.newest(),
                    Math.max(own.wallMillis(), all.wallMillis()));
        }
    }

    /** Waits for the row of a user and holds it; no row where the user is new. */
    static Sql lock(UUID owner) {
        return Sql.of(LOCK, owner);
    }

    /** Adds a user, unless there is one of that name. */
    static Sql create(UUID owner, String userId) {
        return Sql.of(CREATE, owner, userId);
    }

    /** The row that {@link #lock} found; null for a new user. */
    static @Nullable Account read(Result result) {
        if (result.rows().isEmpty()) {
            return null;
        }
        Row row = result.rows().get(0);
        return new Account(
                row.number(1),
                row.number(2),
                new Mark(new HlcTimestamp(row.number(3)), row.number(4)),
                new Mark(new HlcTimestamp(row.number(5)), row.number(6)));
    }

    /** Changes what is known of a user. */
    static Sql change(UUID owner, long lastId, Mark own) {
        return Sql.of(CHANGE, lastId, own.newest().stamp(), own.wallMillis(), owner);
    }
}
