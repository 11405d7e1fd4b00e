package io.unifiedmemory.store.postgres;

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
import io.unifiedmemory.memory.spi.Chronicle;
import io.unifiedmemory.memory.spi.ComparisonLog;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.spi.Expirations;
import io.unifiedmemory.memory.spi.Expirations.Expiring;
import io.unifiedmemory.memory.spi.HighWaterMark;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.PendingWrites;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.SharedTokens;
import io.unifiedmemory.memory.spi.SimilarMemory;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.search.meaning.QueryVectors;
import io.unifiedmemory.search.segment.DamagedSegmentException;
import io.unifiedmemory.search.segment.PageCache;
import io.unifiedmemory.store.postgres.db.MemoryRow;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Server;
import io.unifiedmemory.store.postgres.db.Session;
import io.unifiedmemory.store.postgres.db.Sql;
import io.unifiedmemory.store.postgres.db.UnknownOutcomeException;
import io.unifiedmemory.store.postgres.index.SegmentIndexer;
import io.unifiedmemory.store.postgres.index.SegmentWork;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of record in PostgreSQL, with every capability, shared by any number of instances of the server.
 * Thread-safe.
 *
 * <p>What an acknowledged write survives is what the database promises, see {@link Server#durability}. An unknown time
 * of creation becomes known with the next store that has one. Text that is not valid Unicode is rejected.
 */
public final class PostgresStore implements PrimaryStore {

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    /** How many times a write is tried whose connection broke while it was committed. */
    private static final int MAX_UNKNOWN = 3;

    private static final int MOST_RETRIEVED_AT_ONCE = 50;

    /** One part in this many of Java's memory is for pages of indexes that were read lately. */
    private static final int CACHED_PART = 8;

    private final PostgresDatabase database;
    private final DatabaseClock now;
    private final SegmentWork work;
    private final PostgresSearch search;
    private final PostgresOutbox outbox;
    private final PostgresPendingWrites pendingWrites;
    private final PostgresOutboxAdmin outboxAdmin;
    private final PostgresVectors vectors;
    private final PostgresLeases leases;
    private final PostgresComparisonLog comparisons;
    private final PostgresTombstones tombstones;
    private final PostgresHistory history;
    private final RevisionTable revisions;
    private final PostgresHighWaterMark highWater;
    private final PostgresTokens tokens;
    private final SegmentIndexer indexer;
    private volatile @Nullable String identity;

    /** A store that has done no I/O yet. */
    public static PostgresStore of(PostgresOptions options) {
        return of(options, QueryVectors.NONE);
    }

    /**
     * Likewise, with a model.
     *
     * @param queries what a search asks for the meaning of its query
     */
    public static PostgresStore of(PostgresOptions options, QueryVectors queries) {
        return new PostgresStore(new PostgresDatabase(options), null, queries);
    }

    /**
     * As {@link #of}. Closing the store closes the database.
     *
     * @param clock the clock by which leases lapse and confirmations are noted; null for that of the database
     */
    PostgresStore(PostgresDatabase database, @Nullable Clock clock, QueryVectors queries) {
        this.database = database;
        now = new DatabaseClock(clock);
        PageCache cache = new PageCache(Runtime.getRuntime().maxMemory() / CACHED_PART);
        work = new SegmentWork(database, cache);
        search = new PostgresSearch(database, work, cache, queries);
        comparisons = new PostgresComparisonLog(database);
        outbox = new PostgresOutbox(database, comparisons, clock == null ? Clock.systemUTC() : clock);
        pendingWrites = new PostgresPendingWrites(database);
        outboxAdmin = new PostgresOutboxAdmin(database);
        vectors = new PostgresVectors(database);
        leases = new PostgresLeases(database, now);
        tombstones = new PostgresTombstones(database);
        revisions = new RevisionTable(database.history(), now);
        history = new PostgresHistory(database, revisions);
        highWater = new PostgresHighWaterMark(database);
        tokens = new PostgresTokens(database);
        indexer = new SegmentIndexer(work, leases);
    }

    @Override
    public String type() {
        return "postgresql";
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public boolean isInProcess() {
        return false;
    }

    @Override
    public <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work) {
        R result = committed(about, work);
        indexer.written(Owners.of(about.userId()));
        return result;
    }

    private <R extends @Nullable Object> R committed(Subject about, Function<Transaction, R> work) {
        for (int tries = 1; ; tries++) {
            Traces traces = new Traces();
            Attempt<R> attempt = new Attempt<>(about, work, revisions, traces);
            try {
                return database.runOnceCommitted(attempt::run);
            } catch (UnknownOutcomeException e) {
                if (wasCommitted(traces, e)) {
                    return attempt.result();
                }
                if (tries == MAX_UNKNOWN) {
                    throw e.failure();
                }
            }
        }
    }

    private boolean wasCommitted(Traces traces, UnknownOutcomeException unknown) {
        try {
            return database.<Boolean>run(traces::areThere);
        } catch (BackendException e) {
            BackendException failure = unknown.unresolved();
            failure.addSuppressed(e);
            throw failure;
        }
    }

    /** The last run of a transaction's work. Used by one thread. */
    private static final class Attempt<R extends @Nullable Object> {

        private final Subject about;
        private final Function<Transaction, R> work;
        private final RevisionTable revisions;
        private final Traces traces;
        private @Nullable R result;

        Attempt(Subject about, Function<Transaction, R> work, RevisionTable revisions, Traces traces) {
            this.about = about;
            this.work = work;
            this.revisions = revisions;
            this.traces = traces;
        }

        R run(Session session) throws SQLException {
            PostgresTransaction tx = PostgresTransaction.begin(session, about, revisions, traces);
            try {
                R made = work.apply(tx);
                result = made;
                tx.commit();
                return made;
            } catch (PostgresTransaction.Failure e) {
                throw e.failure();
            }
        }

        /** The result of the run that was committed. */
        @SuppressWarnings("NullAway") // The work may give null itself.
        R result() {
            return result;
        }
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return commit(new Subject(entry.userId(), entry.key()), tx -> tx.store(entry));
    }

    /** Most keys that are asked for have a memory, and then its row alone is the answer. */
    @Override
    public Lookup retrieve(String userId, String key) {
        UUID owner = Owners.of(userId);
        List<Row> memory = database.run(MemoryTable.memory(owner, key)).rows();
        return memory.isEmpty()
                ? KeyState.read(database.run(MemoryTable.find(owner, key)), userId)
                        .lookup()
                : new Lookup.Found(MemoryRow.entry(memory.get(0), 1, userId));
    }

    /** More and more in one round trip, so that few texts are read in vain where they are large. */
    @Override
    public List<Lookup> retrieveAll(List<Subject> of, long maxChars) {
        List<Lookup> known = new ArrayList<>(of.size());
        long chars = 0;
        for (int atOnce = 1; known.size() < of.size() && chars <= maxChars; ) {
            List<Subject> next = of.subList(known.size(), Math.min(of.size(), known.size() + atOnce));
            atOnce = Math.min(2 * atOnce, MOST_RETRIEVED_AT_ONCE);
            List<Result> results = database.run(next.stream()
                    .map(one -> MemoryTable.find(Owners.of(one.userId()), Objects.requireNonNull(one.key())))
                    .toList());
            for (int i = 0; i < next.size(); i++) {
                Lookup one = KeyState.read(results.get(i), next.get(i).userId()).lookup();
                chars += one.chars();
                known.add(one);
            }
        }
        return known;
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
        return (by, limit) -> database.run(MemoryTable.expiring(by.toEpochMilli(), limit)).rows().stream()
                .map(row -> new Expiring(
                        row.text(1), row.text(2), new HlcTimestamp(row.number(3)), Instant.ofEpochMilli(row.number(4))))
                .toList();
    }

    @Override
    public Page list(ListRequest request) {
        UUID owner = Owners.of(request.userId());
        Sql page = MemoryTable.list(owner, request);
        List<Result> results = database.run(
                request.afterKey() == null ? List.of(page, MemoryTable.count(owner, now.sql())) : List.of(page));
        List<MemoryEntry> entries = new ArrayList<>();
        boolean more = false;
        long chars = 0;
        for (Row row : results.get(0).rows()) {
            MemoryEntry entry = MemoryRow.entry(row, 1, request.userId());
            chars += entry.key().length() + entry.value().length();
            if (entries.size() == request.limit() || (chars > request.maxChars() && !entries.isEmpty())) {
                more = true;
                break;
            }
            entries.add(entry);
        }
        return new Page(
                entries,
                more,
                results.size() == 1 ? null : (Long) results.get(1).number());
    }

    @Override
    public Hits search(SearchRequest request) {
        return search.search(request);
    }

    /** A segment that turns out to be damaged is for the next search to see to. */
    @Override
    public List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        try {
            return search.similar(memory, limit, within);
        } catch (DamagedSegmentException e) {
            return List.of();
        }
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

    /** Up means that a write transaction works. */
    @Override
    public BackendStatus check() {
        try {
            String name = "trial " + UUID.randomUUID();
            database.run(List.of(
                    Sql.of("INSERT INTO unified_memory.property (name, value) VALUES (?, '')", name),
                    Sql.of("DELETE FROM unified_memory.property WHERE name = ?", name)));
            Server server = database.server();
            return new BackendStatus(
                    true,
                    server.version() + ", " + database.address() + ", acknowledges "
                            + server.durability().words());
        } catch (BackendException e) {
            return BackendStatus.down(e);
        }
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
        return new PostgresChronicle(database);
    }

    @Override
    public UserDirectory users() {
        return (after, limit) -> database.run(MemoryTable.users(after == null ? "" : after, limit)).rows().stream()
                .map(row -> row.text(1))
                .toList();
    }

    @Override
    public HighWaterMark highWater() {
        return highWater;
    }

    @Override
    public SharedTokens tokens() {
        return tokens;
    }

    /** A random name in the database together with that of its server: a restored copy elsewhere is another database. */
    @Override
    public @Nullable String identity() {
        String known = identity;
        if (known == null) {
            try {
                String name = PostgresComparisonLog.property(
                        database, "identity", UUID.randomUUID().toString());
                String cluster = database.server().history().cluster();
                known = name + " " + cluster;
                identity = known;
            } catch (BackendException e) {
                return null;
            }
        }
        return known;
    }

    @Override
    public String secret() {
        return PostgresComparisonLog.property(database, "secret", UUID.randomUUID() + " " + UUID.randomUUID());
    }

    @Override
    public void rebuildIndex(IntConsumer progress) {
        long all = Math.max(1, database.run(MemoryTable.countUsers()).number());
        long done = 0;
        for (String user : UserDirectory.all(users())) {
            work.forget(Owners.of(user));
            work.catchUp(Owners.of(user));
            progress.accept((int) Math.min(99, 100 * ++done / all));
        }
        progress.accept(100);
    }

    @Override
    public DatabaseInfo info() {
        Server met = database.known();
        return DatabaseInfo.ofServer(
                database.address(),
                met == null ? null : met.version(),
                met == null ? null : met.durability().words(),
                null);
    }

    /** Leaves what is written from now on to searches and to other instances. */
    void stopIndexing() {
        indexer.close();
    }

    @Override
    public void close() {
        stopIndexing();
        database.close();
    }
}
