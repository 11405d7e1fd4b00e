package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.index.Erasure;
import io.unifiedmemory.store.sqlite.index.IndexBuild;
import io.unifiedmemory.store.sqlite.index.Indexer;
import io.unifiedmemory.store.sqlite.index.PendingList;
import io.unifiedmemory.store.sqlite.index.SearchIndex;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memories in a local SQLite file, with every capability. An acknowledged write survives the end of the process at any
 * moment. Thread-safe.
 *
 * <p>A time of creation that is unknown becomes known with the next store that has one. Text that is no valid Unicode
 * is rejected.
 */
public final class SqliteStore implements MemoryBackend, UserDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    /** Memories that a writer puts into the index where that is far behind. */
    private static final int MOST_BY_WRITER = 8;

    /** Characters that a check writes: about as much as a memory. */
    private static final int TRIAL = 10_000;

    /** After a write was refused, which may have needed more: with what the index takes up of several memories. */
    private static final int LARGE_TRIAL = 200_000;

    /** Of a search without a query, which may not end early: a quarter of Java's memory at two bytes each. */
    private final long maxNewestChars;

    private final SqliteDatabase database;
    private final SearchIndex index = new SearchIndex();
    private final IndexBuild build = new IndexBuild(index);
    private final PendingList pending = new PendingList(index);
    private final MemoryTable memories = new MemoryTable();
    private final OutboxTexts texts = new OutboxTexts(memories);
    private final Indexer indexer;
    private final SqliteSearch search;
    private volatile boolean opened;

    /** Touches nothing. Closing the backend closes the database. */
    public SqliteStore(SqliteDatabase database) {
        this(database, Runtime.getRuntime().maxMemory() / 8);
    }

    SqliteStore(SqliteDatabase database, long maxNewestChars) {
        this.maxNewestChars = maxNewestChars;
        this.database = database;
        this.indexer = new Indexer(database, build, pending, new Erasure(database, index));
        this.search = new SqliteSearch(database, index, build, pending, memories, texts, indexer::start);
        database.eraseBy(indexer::ensureStarted);
    }

    @Override
    public String type() {
        return "sqlite";
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return write(entry.value().length(), tx -> {
            Lookup held = memories.store(tx, entry);
            pending.stored(tx, entry);
            return held;
        });
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return read(session -> memories.find(session, userId, key));
    }

    /** A query without any text is no query. */
    @Override
    public List<MemoryEntry> search(SearchRequest request) {
        String query = request.query();
        if (query == null || query.isEmpty()) {
            return read(session -> session.snapshot(snapshot ->
                    texts.amongNewest(snapshot, memories.newest(snapshot, request, maxNewestChars), request)));
        }
        List<MemoryEntry> hits = search.search(request, Query.of(query));
        afterCall();
        return hits;
    }

    private <T extends @Nullable Object> T read(Handle.Work<T> work) {
        T result = database.read(work);
        afterCall();
        return result;
    }

    /** @param chars that the index has to take up later */
    private <T extends @Nullable Object> T write(int chars, Handle.Work<T> work) {
        T result = database.write(tx -> {
            T written = work.run(tx);
            if (indexer.isBehind()) {
                pending.step(tx, MOST_BY_WRITER);
            }
            return written;
        });
        indexer.written(chars);
        return result;
    }

    /** The first call that succeeds goes on with what an earlier process left to do. */
    private void afterCall() {
        if (!opened) {
            opened = true;
            indexer.start();
        }
    }

    /**
     * Builds the search index anew and returns when it is complete; searches are slower meanwhile, and correct. Safe
     * beside other calls and other processes; when it is interrupted, the next call on the file goes on with it.
     *
     * @param progress is told how many percent are done, in ascending order, 100 at the end
     */
    public void rebuildIndex(IntConsumer progress) {
        indexer.rebuild(progress);
    }

    @Override
    public Page list(ListRequest request) {
        return read(session ->
                session.snapshot(snapshot -> texts.onPage(snapshot, memories.list(snapshot, request), request)));
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return write(0, tx -> memories.delete(tx, userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return write(0, tx -> memories.deleteAll(tx, userId, version));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return write(0, tx -> memories.expire(tx, userId, cutoff, version));
    }

    /** Up means that memories can be found and one of ordinary size would be taken: as much is written, and removed. */
    @Override
    public BackendStatus check() {
        try {
            boolean refused = database.hasRefused();
            String library = database.write(tx -> {
                memories.find(tx, "", "");
                writeTrial(tx, refused ? LARGE_TRIAL : TRIAL);
                try (ResultSet row = tx.query("SELECT sqlite_version()")) {
                    return row.getString(1);
                }
            });
            database.takesAgain();
            afterCall();
            int percent = indexer.percent();
            String index = percent == IndexBuild.COMPLETE
                    ? ""
                    : ", search index built to " + percent + " percent, slower until then";
            return new BackendStatus(true, "SQLite " + library + ", " + database.path() + index);
        } catch (BackendException e) {
            return new BackendStatus(false, e.describe());
        }
    }

    /** Needs new pages before it gives back those of the last trial, so that a file that may not grow is noticed too. */
    private static void writeTrial(Handle tx, int chars) throws SQLException {
        String name = "trial " + Long.toHexString(System.nanoTime());
        tx.update("INSERT OR REPLACE INTO lease (name, holder, until) VALUES (?1, ?2, 0)", name, " ".repeat(chars));
        tx.update("DELETE FROM lease WHERE name LIKE 'trial %' AND name <> ?1", name);
    }

    @Override
    public List<String> users(@Nullable String after, int limit) {
        return database.read(session -> memories.users(session, after == null ? "" : after, limit));
    }

    @Override
    public void close() {
        try {
            indexer.close();
        } finally {
            database.close();
        }
    }
}
