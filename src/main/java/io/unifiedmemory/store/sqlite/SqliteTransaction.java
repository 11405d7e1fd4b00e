package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.store.EpochMillis;
import io.unifiedmemory.store.sqlite.MemoryTable.KeyState;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.index.PendingList;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A write transaction in the database file. It reads its subject in one statement with what else most writes need,
 * because each statement costs some microseconds, whatever it does.
 */
final class SqliteTransaction implements Transaction {

    private static final MemoryTable FORGETFUL = new MemoryTable();

    private final Handle tx;
    private final Subject about;
    private final MemoryTable memories;
    private final PendingList pending;
    private final OutboxTable outbox;
    /** What the tables say of the key that was read last; null before one is read and after anything was changed. */
    private @Nullable KeyState state;

    private String stateUser = "";
    private String stateKey = "";

    private @Nullable Mark mark;
    private int chars;

    SqliteTransaction(Handle tx, Subject about, MemoryTable memories, PendingList pending, OutboxTable outbox) {
        this.tx = tx;
        this.about = about;
        this.memories = memories;
        this.pending = pending;
        this.outbox = outbox;
    }

    /** The number of characters in the texts that were written. */
    int chars() {
        return chars;
    }

    /** What the tables say of a key; it is read once while nothing changes it and no other key is asked for. */
    private KeyState state(String userId, String key) throws SQLException {
        KeyState known = state;
        if (known == null || !key.equals(stateKey) || !userId.equals(stateUser)) {
            known = memories.state(tx, userId, key);
            state = known;
            stateUser = userId;
            stateKey = key;
            mark = mark == null ? known.mark() : mark;
        }
        return known;
    }

    private Mark mark() throws SQLException {
        Mark known = mark;
        if (known == null) {
            known = about.key() == null
                    ? SqliteHighWaterMark.read(tx)
                    : state(about.userId(), about.key()).mark();
            mark = known;
        }
        return known;
    }

    @Override
    public HighWaterMark highWater() {
        return change -> {
            try {
                return update(change);
            } catch (SQLException e) {
                throw new SqlFailure(e);
            }
        };
    }

    private Mark update(UnaryOperator<Mark> change) throws SQLException {
        Mark held = mark();
        Mark changed = change.apply(held);
        if (!changed.equals(held)) {
            SqliteHighWaterMark.write(tx, changed);
            mark = changed;
        }
        return changed;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        try {
            KeyState held = state(entry.userId(), entry.key());
            state = null;
            Lookup answer = memories.upsert(tx, entry, held);
            pending.stored(tx, entry, chars);
            chars += entry.value().length();
            return answer;
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        try {
            return state(userId, key).lookup();
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    /** Without a history, what is left of an earlier one goes, too. */
    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        if (!memories.history().isOn()) {
            return erase(userId, key, version, false);
        }
        try {
            KeyState held = state(userId, key);
            state = null;
            return memories.delete(tx, userId, key, version, held);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        if (!memories.history().isOn()) {
            return eraseAll(userId, version, false);
        }
        try {
            state = null;
            return memories.deleteAll(tx, userId, version);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    /** Without a copy in the history first. */
    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        try {
            KeyState held = state(userId, key);
            state = null;
            RevisionTable.erase(tx, userId, key, version);
            return FORGETFUL.delete(tx, userId, key, version, held);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        try {
            state = null;
            RevisionTable.eraseAll(tx, userId, version);
            return FORGETFUL.deleteAll(tx, userId, version);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        try {
            state = null;
            if (!memories.history().isOn()) {
                RevisionTable.eraseOld(tx, userId, EpochMillis.firstFrom(cutoff), version);
            }
            return memories.expire(tx, userId, cutoff, version);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public int keep(List<Revision> revisions) {
        try {
            return memories.history().keep(tx, revisions);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public long busyUntil(OutboxEntry next, HlcTimestamp own) {
        try {
            return outbox.busyUntil(tx, next, own);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public @Nullable Revision revision(String userId, String key, int number) {
        try {
            List<Revision> found = RevisionTable.find(tx, userId, key, number);
            return found.isEmpty() ? null : found.get(0);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    @Override
    public void owe(OutboxEntry entry) {
        try {
            outbox.owe(tx, entry);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }
}
