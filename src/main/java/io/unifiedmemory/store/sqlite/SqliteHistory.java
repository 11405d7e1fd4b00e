package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.store.sqlite.RevisionTable.Place;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keys held before, in the database file. Thread-safe. */
final class SqliteHistory implements History {

    private final SqliteDatabase database;
    private final Clock clock;
    private final Runnable textMayBeGone;

    /**
     * The history of a database.
     *
     * @param clock by which revisions end
     * @param textMayBeGone called after texts have left the table; must not block
     */
    SqliteHistory(SqliteDatabase database, Clock clock, Runnable textMayBeGone) {
        this.database = database;
        this.clock = clock;
        this.textMayBeGone = textMayBeGone;
    }

    @Override
    public List<Revision> list(
            String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars) {
        int most = database.history().isOn() ? limit : 0;
        return database.read(handle -> RevisionTable.list(handle, userId, key, after, most, maxChars));
    }

    @Override
    public List<KeptRevision> walk(String userId, @Nullable Position after, int limit, long maxChars) {
        return database.read(handle -> RevisionTable.walk(handle, userId, after, limit, maxChars));
    }

    @Override
    public @Nullable Revision find(String userId, String key, int number) {
        List<Revision> found = database.read(handle -> RevisionTable.find(handle, userId, key, number));
        return found.isEmpty() || !database.history().isOn() ? null : found.get(0);
    }

    @Override
    public int forget(int limit) {
        long millis = clock.millis() - database.history().retention().toMillis();
        return erase(database.read(handle -> RevisionTable.ended(handle, millis, limit)));
    }

    @Override
    public int forgetExcess(int limit) {
        long maxBytes = database.history().maxBytes();
        return erase(database.read(handle -> RevisionTable.excess(handle, maxBytes, limit)));
    }

    private int erase(List<Place> places) {
        if (places.isEmpty()) {
            return 0;
        }
        int erased = database.<Integer>write(tx -> RevisionTable.forget(tx, places));
        textMayBeGone.run();
        return erased;
    }
}
