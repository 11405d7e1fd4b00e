package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.SearchText;
import io.unifiedmemory.memory.spi.Chronicle;
import io.unifiedmemory.memory.spi.ComparisonLog;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.Expirations;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.store.sqlite.db.Handle;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.index.Erasure;
import io.unifiedmemory.store.sqlite.index.IndexBuild;
import io.unifiedmemory.store.sqlite.index.Indexer;
import io.unifiedmemory.store.sqlite.index.PendingList;
import io.unifiedmemory.store.sqlite.index.SearchIndex;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of record in a local SQLite file, with every capability. An acknowledged write survives the end of the
 * process at any moment. Thread-safe.
 *
 * <p>An unknown time of creation becomes known with the next store that has one. Text that is not valid Unicode is
 * rejected.
 */
public final class SqliteStore implements PrimaryStore {

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    /** The number of memories that a writer indexes itself while the index is far behind. */
    private static final int MOST_BY_WRITER = 8;

    /** The number of characters that a check writes: about as many as a memory has. */
    private static final int TRIAL = 10_000;

    /**
     * The number of characters that a check writes after a refused write, which may have needed more space for several
     * memories in the index.
     */
    private static final int LARGE_TRIAL = 200_000;

    /**
     * The largest result of a search without a query, which may not end early: a quarter of Java's memory at two bytes
     * each.
     */
    private static final long MAX_NEWEST_CHARS = Runtime.getRuntime().maxMemory() / 8;

    private final long maxNewestChars;

    private final SqliteDatabase database;
    private final Clock clock;
    private final SearchIndex index = new SearchIndex();
    private final IndexBuild build = new IndexBuild(index);
    private final PendingList pending = new PendingList(index);
    private final MemoryTable memories;
    private final OutboxTexts texts;
    private final OutboxTable outboxTable = new OutboxTable();
    private final Indexer indexer;
    private final SqliteSearch search;
    private final SqliteOutbox outbox;
    private final SqlitePendingWrites pendingWrites;
    private final SqliteOutboxAdmin outboxAdmin;
    private final SqliteVectors vectors;
    private final SqliteLeases leases;
    private final SqliteComparisonLog comparisons;
    private final SqliteTombstones tombstones;
    private final SqliteHistory history;
    private final SqliteHighWaterMark highWater;
    private final SqliteIdentity identity;
    private volatile boolean opened;

    /**
     * A store that has done no I/O yet.
     *
     * @param waits hears of every call that waits for longer than others commonly hold the file
     */
    public static SqliteStore of(SqliteOptions options, WaitListener waits) {
        return of(options, waits, QueryVectors.NONE);
    }

    /**
     * Likewise, with a model.
     *
     * @param queries what a search asks for the meaning of its query
     */
    public static SqliteStore of(SqliteOptions options, WaitListener waits, QueryVectors queries) {
        return new SqliteStore(new SqliteDatabase(options, waits), Clock.systemUTC(), MAX_NEWEST_CHARS, queries);
    }

    /** As {@link #of}, by the wall clock of this machine. Closing the store closes the database. */
    public SqliteStore(SqliteDatabase database) {
        this(database, Clock.systemUTC());
    }

    /**
     * As {@link #of}. Closing the store closes the database.
     *
     * @param clock the clock by which leases lapse and confirmations are noted
     */
    public SqliteStore(SqliteDatabase database, Clock clock) {
        this(database, clock, MAX_NEWEST_CHARS);
    }

    SqliteStore(SqliteDatabase database, Clock clock, long maxNewestChars) {
        this(database, clock, maxNewestChars, QueryVectors.NONE);
    }

    private SqliteStore(SqliteDatabase database, Clock clock, long maxNewestChars, QueryVectors queries) {
        this.maxNewestChars = maxNewestChars;
        this.database = database;
        this.clock = clock;
        memories = new MemoryTable(new RevisionTable(database.history(), clock));
        texts = new OutboxTexts(memories);
        indexer = new Indexer(database, build, pending, new Erasure(database, index));
        search = new SqliteSearch(database, index, build, pending, texts, queries, indexer);
        outbox = new SqliteOutbox(database, clock, indexer::ensureStarted);
        pendingWrites = new SqlitePendingWrites(database, memories);
        outboxAdmin = new SqliteOutboxAdmin(database);
        vectors = new SqliteVectors(database);
        leases = new SqliteLeases(database, clock);
        comparisons = new SqliteComparisonLog(database);
        tombstones = new SqliteTombstones(database, indexer::ensureStarted);
        history = new SqliteHistory(database, clock, indexer::ensureStarted);
        highWater = new SqliteHighWaterMark(database);
        identity = new SqliteIdentity(database);
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
    public boolean isInProcess() {
        return true;
    }

    /** What a transaction leaves: the result of its work, and the characters that have to be indexed later. */
    private record Done<R extends @Nullable Object>(R result, int chars) {}

    @Override
    public <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work) {
        Done<R> done = database.write(
                tx -> {
                    SqliteTransaction transaction = new SqliteTransaction(tx, about, memories, pending, outboxTable);
                    R result;
                    try {
                        result = work.apply(transaction);
                    } catch (SqlFailure e) {
                        throw e.failure();
                    }
                    if (indexer.isBehind()) {
                        pending.step(tx, MOST_BY_WRITER);
                    }
                    return new Done<>(result, transaction.chars());
                },
                database.busyTimeout());
        indexer.written(done.chars);
        return done.result;
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return commit(new Subject(entry.userId(), entry.key()), tx -> tx.store(entry));
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return read(handle -> memories.find(handle, userId, key));
    }

    /** On one state of the file, in one statement for neighbours that are of the same user. */
    @Override
    public List<Lookup> retrieveAll(List<Subject> of, long maxChars) {
        return read(handle -> handle.snapshot(snapshot -> {
            List<Lookup> known = new ArrayList<>(of.size());
            long left = maxChars;
            while (known.size() < of.size() && left >= 0) {
                String userId = of.get(known.size()).userId();
                List<String> keys = of.subList(known.size(), of.size()).stream()
                        .takeWhile(one -> one.userId().equals(userId))
                        .map(one -> Objects.requireNonNull(one.key()))
                        .toList();
                List<Lookup> next = memories.findAll(snapshot, userId, keys, left);
                left -= next.stream().mapToLong(Lookup::chars).sum();
                known.addAll(next);
                if (next.size() < keys.size()) {
                    break;
                }
            }
            return known;
        }));
    }

    /** A query without any text counts as no query. */
    @Override
    public Hits search(SearchRequest request) {
        SearchText query = request.query();
        if (query == null || query.text().isEmpty()) {
            return Hits.of(
                    request,
                    read(handle -> handle.snapshot(snapshot ->
                            texts.amongNewest(snapshot, memories.newest(snapshot, request, maxNewestChars), request))));
        }
        Hits hits = search.search(request, Query.of(query));
        afterCall();
        return hits;
    }

    @Override
    public List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        List<SimilarMemory> similar = search.similar(memory, limit, within);
        afterCall();
        return similar;
    }

    private <T extends @Nullable Object> T read(Handle.Work<T> work) {
        T result = database.read(work);
        afterCall();
        return result;
    }

    /** Called after each successful call: the first one resumes what an earlier process left to do. */
    private void afterCall() {
        if (!opened) {
            opened = true;
            indexer.start();
        }
    }

    /** When it is interrupted, the next call on the file continues it. */
    @Override
    public void rebuildIndex(IntConsumer progress) {
        indexer.rebuild(progress);
    }

    @Override
    public void finishIndex(LongConsumer left) {
        indexer.finish(left);
    }

    @Override
    public Page list(ListRequest request) {
        return read(handle -> handle.snapshot(
                snapshot -> texts.onPage(snapshot, memories.list(snapshot, request, clock.millis()), request)));
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public HistoryOptions historyOptions() {
        return database.history();
    }

    @Override
    public Expirations expirations() {
        return (by, limit) -> read(handle -> memories.expiring(handle, by.toEpochMilli(), limit));
    }

    @Override
    public Removal delete(String userId, String key, HlcTimestamp version) {
        return commit(new Subject(userId, key), tx -> tx.delete(userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, HlcTimestamp version) {
        return commit(new Subject(userId, null), tx -> tx.deleteAll(userId, version));
    }

    @Override
    public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
        return commit(new Subject(userId, key), tx -> tx.erase(userId, key, version, forgets));
    }

    @Override
    public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
        return commit(new Subject(userId, null), tx -> tx.eraseAll(userId, version, forgets));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return commit(new Subject(userId, null), tx -> tx.expire(userId, cutoff, version));
    }

    /**
     * Up means that memories can be found and a memory of ordinary size would be stored: as much is written, and
     * removed.
     */
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
            return new BackendStatus(true, "SQLite " + library + ", " + database.path() + index + vectors.progress());
        } catch (BackendException e) {
            return new BackendStatus(false, e.describe());
        }
    }

    /** Writes new pages before it frees those of the last trial, so that a file that may not grow is noticed too. */
    private static void writeTrial(Handle tx, int chars) throws SQLException {
        String name = "trial " + Long.toHexString(System.nanoTime());
        tx.update("INSERT OR REPLACE INTO lease (name, holder, until) VALUES (?1, ?2, 0)", name, " ".repeat(chars));
        tx.update("DELETE FROM lease WHERE name LIKE 'trial %' AND name <> ?1", name);
    }

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public PendingWrites pendingWrites() {
        return pendingWrites;
    }

    @Override
    public OutboxAdmin outboxAdmin() {
        return outboxAdmin;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public ComparisonLog comparisons() {
        return comparisons;
    }

    @Override
    public Tombstones tombstones() {
        return tombstones;
    }

    @Override
    public VectorStore vectors() {
        return vectors;
    }

    @Override
    public Chronicle chronicle() {
        return new SqliteChronicle(database);
    }

    @Override
    public UserDirectory users() {
        return (after, limit) -> database.read(handle -> memories.users(handle, after == null ? "" : after, limit));
    }

    @Override
    public HighWaterMark highWater() {
        return highWater;
    }

    @Override
    public @Nullable String identity() {
        return identity.get();
    }

    @Override
    public String secret() {
        return identity.secret();
    }

    /** The size is that on disk, journal included. */
    @Override
    public DatabaseInfo info() {
        return DatabaseInfo.ofFile(database.path(), database.bytes(), database.freeBytes());
    }

    /**
     * Copies the whole database, as it is at one moment, into a new file, while other calls read and write.
     *
     * @throws BackendException when there is no database, the target exists or cannot be written, or the copy turns out
     *     to be damaged; then there is no target
     */
    public void backup(Path target) {
        Backup.of(database, target);
    }

    /** A note in the file keeps for later what other processes do not permit. */
    @Override
    public void eraseNow() {
        Erasure.eraseNow(database);
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
