package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction wrote, so that its outcome can be found out after the connection broke while it was committed. It
 * held the row of its user, so whoever holds that row now sees it as a whole or not at all. Used by one thread.
 *
 * <p>When the key is in the version of the write, the write is there. When it is in a newer version, the write was
 * committed or the newer one came first; both are the same to everybody: the write took effect and was replaced.
 */
final class Traces {

    private @Nullable String userId;
    private @Nullable String key;
    private HlcTimestamp version = HlcTimestamp.NONE;

    /** A memory was stored or deleted. */
    void ofKey(String user, String name, HlcTimestamp written) {
        userId = user;
        key = name;
        version = written;
    }

    /** All memories of a user were deleted. */
    void ofUser(String user, HlcTimestamp written) {
        userId = user;
        key = null;
        version = written;
    }

    /**
     * Whether the transaction was committed; false as well when nothing was written that would tell, and running it
     * again makes no difference.
     */
    boolean areThere(Session session) throws SQLException {
        String user = userId;
        if (user == null) {
            return false;
        }
        UUID owner = Owners.of(user);
        Sql look = key == null
                ? Sql.of("SELECT version FROM unified_memory.user_tombstone WHERE owner = ?", owner)
                : MemoryTable.find(owner, key);
        List<Result> results = session.begin(AccountTable.lock(owner), look);
        session.commit(List.of());
        Result found = results.get(1);
        HlcTimestamp there;
        if (key == null) {
            there = found.rows().isEmpty()
                    ? HlcTimestamp.NONE
                    : new HlcTimestamp(found.rows().get(0).number(1));
        } else {
            KeyState state = KeyState.read(found, user);
            there = state.memory() == null ? state.deleted() : state.version();
        }
        return !version.isNewerThan(there);
    }
}
