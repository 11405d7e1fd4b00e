package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.UserDirectory;
import io.unifiedmemory.memory.Version;
import io.unifiedmemory.text.Query;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
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
public final class SqliteBackend implements MemoryBackend, UserDirectory {

    private static final Logger log = LoggerFactory.getLogger(SqliteBackend.class);

    private static final Set<Capability> CAPABILITIES = Set.copyOf(EnumSet.allOf(Capability.class));

    /** Memories that a writer puts into the index where that is far behind. */
    private static final int MOST_BY_WRITER = 8;

    /** How long a search works and waits for others, so that the index knows what was written last; it can do without. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** How long it is not tried again when the file could not be written. */
    private static final Duration IN_VAIN = Duration.ofSeconds(1);

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
    private final SqliteSearch search = new SqliteSearch(index);
    private final MemoryTable memories = new MemoryTable();
    private final OutboxTexts texts = new OutboxTexts(memories);
    private final Indexer indexer;
    private volatile boolean opened;
    private volatile long inVainNanos = System.nanoTime() - IN_VAIN.toNanos();

    /** Touches nothing. Closing the backend closes the database. */
    public SqliteBackend(SqliteDatabase database) {
        this(database, Runtime.getRuntime().maxMemory() / 8);
    }

    SqliteBackend(SqliteDatabase database, long maxNewestChars) {
        this.maxNewestChars = maxNewestChars;
        this.database = database;
        this.indexer = new Indexer(database, build, pending, new Erasure(database, index));
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
        takeUp(request.userId());
        Query parsed = Query.of(query);
        return read(session -> session.snapshot(snapshot -> {
            if (!build.covers(snapshot, request.userId())) {
                indexer.start();
                List<MemoryEntry> all = memories.all(snapshot, request.userId());
                return searchCopy(texts.with(snapshot, all, request.userId()), request, parsed);
            }
            Map<Long, MemoryEntry> hidden = pending.hidden(snapshot, request.userId());
            hidden.putAll(texts.byNumber(snapshot, request.userId()));
            List<MemoryEntry> indexed = search.search(snapshot, request, parsed, hidden.keySet());
            return hidden.isEmpty()
                    ? indexed
                    : together(searchCopy(hidden.values(), request, parsed), indexed, request, parsed);
        }));
    }

    /** Makes the index know what was written, if it can be done soon; in a file that can only be read it cannot. */
    private void takeUp(String userId) {
        boolean more = database.<Boolean>read(session -> pending.hidesAny(session, userId))
                && System.nanoTime() - inVainNanos >= IN_VAIN.toNanos();
        long start = System.nanoTime();
        try {
            while (more && System.nanoTime() - start < PATIENCE.toNanos()) {
                more = database.<Boolean>write(tx -> pending.step(tx, userId), PATIENCE);
            }
        } catch (BackendException e) {
            log.debug("the search index cannot be written now: {}", e.describe());
            inVainNanos = System.nanoTime();
        }
    }

    /** Searches memories that the index of the file does not know in one that lives as long as the call. */
    private List<MemoryEntry> searchCopy(Collection<MemoryEntry> entries, SearchRequest request, Query query)
            throws SQLException {
        try (Session copy = Session.openTemporary()) {
            build.copy(entries, copy);
            return search.search(copy, request, query, Set.of());
        }
    }

    /** One ranking of two whose scores cannot be compared: in turn, after what contains the whole query. */
    private static List<MemoryEntry> together(
            List<MemoryEntry> latest, List<MemoryEntry> others, SearchRequest request, Query query) {
        List<MemoryEntry> inTurn = new ArrayList<>();
        for (int i = 0; i < Math.max(latest.size(), others.size()); i++) {
            if (i < latest.size()) {
                inTurn.add(latest.get(i));
            }
            if (i < others.size()) {
                inTurn.add(others.get(i));
            }
        }
        if (request.order() != SearchOrder.RELEVANCE) {
            return inTurn.stream()
                    .sorted(SearchOrder.NEWEST_FIRST)
                    .limit(request.limit())
                    .toList();
        }
        Set<MemoryEntry> together = inTurn.stream()
                .filter(entry -> Containing.test(entry, query))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        together.addAll(inTurn);
        return together.stream().limit(request.limit()).toList();
    }

    private <T extends @Nullable Object> T read(Session.Work<T> work) {
        T result = database.read(work);
        afterCall();
        return result;
    }

    /** @param chars that the index has to take up later */
    private <T extends @Nullable Object> T write(int chars, Session.Work<T> work) {
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
    public Removal delete(String userId, String key, Version version) {
        return write(0, tx -> memories.delete(tx, userId, key, version));
    }

    @Override
    public Removal deleteAll(String userId, Version version) {
        return write(0, tx -> memories.deleteAll(tx, userId, version));
    }

    @Override
    public Removal expire(String userId, Instant cutoff, Version version) {
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
    private static void writeTrial(Session tx, int chars) throws SQLException {
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
