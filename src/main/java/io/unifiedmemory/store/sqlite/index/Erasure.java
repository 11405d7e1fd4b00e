package io.unifiedmemory.store.sqlite.index;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.store.sqlite.db.ErasureNote;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes text that was deleted or replaced vanish from the files. SQLite overwrites it in the tables, by {@code
 * secure_delete}. This takes its words out of the lists of hits, what was left where rows moved from one page to
 * another out of a file that is small enough, and the old pages out of the journal. That it has to be done stands in
 * the file, so it is done after a kill as well. Stateless; thread-safe.
 *
 * <p>Wherever text leaves the tables it is noted: in the outbox at once, by triggers, of memories when the index takes
 * up the change, see {@link PendingList}.
 */
public final class Erasure {

    private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);

    /** Writers wait while a file is written anew: some 0.1 s for one of this size. */
    private static final long MOST_PAGES_ANEW = 4_000;

    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final SqliteDatabase database;
    private final SearchIndex index;

    public Erasure(SqliteDatabase database, SearchIndex index) {
        this.database = database;
        this.index = index;
    }

    /** Erases at once what was noted, as far as others let it; what is left to do stands in the file. */
    public static void eraseNow(SqliteDatabase database) {
        new Erasure(database, new SearchIndex()).erase(() -> true, () -> {});
    }

    /** Whether there is something to do. */
    public boolean isNeeded() {
        return noted() > 0;
    }

    /** How often something was noted since it was last done; 0 when there is nothing to do. */
    public long noted() {
        return database.<Long>read(ErasureNote::noted);
    }

    /**
     * Does it, in small steps between which writers have their turn.
     *
     * @param mayGoOn asked before each step
     * @return whether it is done; not when it was broken off, or others keep the old pages in use
     */
    public boolean erase(BooleanSupplier mayGoOn, Runnable betweenSteps) {
        try {
            return tryToErase(mayGoOn, betweenSteps);
        } catch (BackendException e) {
            if (e.kind() != Kind.OVERLOADED) {
                throw e;
            }
            LOG.debug("others use the file, deleted text is erased later: {}", e.describe());
            return false;
        }
    }

    private boolean tryToErase(BooleanSupplier mayGoOn, Runnable betweenSteps) {
        long noted = noted();
        if (noted == 0) {
            return true;
        }
        boolean more = true;
        while (more) {
            if (!mayGoOn.getAsBoolean()) {
                return false;
            }
            more = database.<Boolean>write(index::merge);
            betweenSteps.run();
        }
        if (database.<Long>read(handle -> handle.number("PRAGMA page_count")) <= MOST_PAGES_ANEW) {
            database.writeAnew(PATIENCE);
        }
        return database.emptyJournal(PATIENCE) && database.<Boolean>write(tx -> ErasureNote.done(tx, noted));
    }

    /** The same in a file that nobody else uses, for which whoever has it open waits. */
    public static void eraseAtOnce(Handle handle) throws SQLException {
        SearchIndex index = new SearchIndex();
        PendingList pending = new PendingList(index);
        boolean more = true;
        while (more) {
            more = handle.<Boolean>write(tx -> pending.step(tx, Integer.MAX_VALUE));
        }
        long noted = ErasureNote.noted(handle);
        more = noted > 0;
        while (more) {
            more = handle.<Boolean>write(index::merge);
        }
        handle.<Boolean>write(tx -> ErasureNote.done(tx, noted));
    }
}
