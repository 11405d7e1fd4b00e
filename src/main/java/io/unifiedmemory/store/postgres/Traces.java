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

    /** What tells of a write. */
    private enum Kind {
        /** The memory or the delete of the key. */
        KEY,
        /** The delete of all memories. */
        USER,
        /** A delete that was made in the version of the cleanup. */
        AGE
    }

    private Kind kind = Kind.KEY;
    private @Nullable String userId;
    private String key = "";
    private HlcTimestamp version = HlcTimestamp.NONE;

    /** A memory was stored or deleted. */
    void ofKey(String user, String name, HlcTimestamp written) {
        note(Kind.KEY, user, written);
        key = name;
    }

    /** All memories of a user were deleted. */
    void ofUser(String user, HlcTimestamp written) {
        note(Kind.USER, user, written);
    }

    /** Old memories of a user were deleted, at least one. */
    void ofAge(String user, HlcTimestamp written) {
        note(Kind.AGE, user, written);
    }

    private void note(Kind of, String user, HlcTimestamp written) {
        kind = of;
        userId = user;
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
        // Where the transaction adds the user, there is no row yet to wait for: whoever adds it too waits.
        List<Result> results = session.begin(AccountTable.create(owner, user), AccountTable.lock(owner), look(owner));
        session.commit(List.of());
        return !version.isNewerThan(newest(results.get(2), user));
    }

    private Sql look(UUID owner) {
        return switch (kind) {
            case KEY -> MemoryTable.find(owner, key);
            case USER -> MemoryTable.deleteOfAll(owner);
            case AGE -> MemoryTable.deletesMadeIn(owner, version);
        };
    }

    private HlcTimestamp newest(Result found, String user) {
        if (kind == Kind.KEY) {
            KeyState state = KeyState.read(found, user);
            return state.memory() == null ? state.deleted() : state.version();
        }
        return new HlcTimestamp(found.number());
    }
}
