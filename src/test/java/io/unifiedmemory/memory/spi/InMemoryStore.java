package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.How;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.SimilarTexts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The store of record in its plainest form: a write works on a copy of everything, which takes the place of the
 * original when the work has ended well. For tests. Thread-safe.
 */
public final class InMemoryStore implements PrimaryStore {

    /** What several stores have in common, as processes have a file. */
    private static final class Database {
        final ReentrantLock writing = new ReentrantLock(true);
        final String identity = UUID.randomUUID().toString();
        final long madeMillis;
        volatile State state = new State();

        Database(Clock clock) {
            madeMillis = clock.millis();
        }
    }

    /** What is written. The one of a database is only read: writes change a copy. */
    private static final class State {
        InMemoryBackend memories = new InMemoryBackend();
        InMemoryOutbox outbox = new InMemoryOutbox();
        final Map<String, Lease> leases = new HashMap<>();
        final Map<String, Long> compared = new HashMap<>();
        InMemoryHistory history = new InMemoryHistory();
        HighWaterMark.Mark mark = HighWaterMark.Mark.NONE;

        State copy() {
            State copy = new State();
            copy.history = history.copy();
            copy.memories = memories.copy();
            copy.outbox = outbox.copy();
            copy.leases.putAll(leases);
            copy.compared.putAll(compared);
            copy.mark = mark;
            return copy;
        }
    }

    private record Lease(String holder, long untilMillis) {}

    private final Database database;
    private final Clock clock;
    private final int runs;
    private final HistoryOptions options;
    private final VectorStore vectors = new InMemoryVectors(() -> state().memories);
    private volatile boolean closed;

    /**
     * An empty one.
     *
     * @param clock by which leases lapse and confirmations are noted
     */
    public InMemoryStore(Clock clock) {
        this(clock, 1);
    }

    /**
     * Likewise.
     *
     * @param runs how often the work of each transaction runs: all but the last run is rolled back, as after a conflict
     */
    public InMemoryStore(Clock clock, int runs) {
        this(new Database(clock), clock, runs);
    }

    private InMemoryStore(Database database, Clock clock, int runs) {
        this(database, clock, runs, HistoryOptions.OFF);
    }

    private InMemoryStore(Database database, Clock clock, int runs, HistoryOptions options) {
        this.options = options;
        this.database = database;
        this.clock = clock;
        this.runs = runs;
    }

    /** The same, with a history. */
    public InMemoryStore keeping(HistoryOptions history) {
        return new InMemoryStore(database, clock, runs, history);
    }

    /** Another one on the same database, as of another process. */
    public InMemoryStore beside() {
        return new InMemoryStore(database, clock, runs, options);
    }

    private State state() {
        if (closed) {
            throw new BackendException(Kind.UNAVAILABLE, "the store is closed", "");
        }
        return database.state;
    }

    private <R extends @Nullable Object> R write(Function<State, R> work) {
        state();
        try {
            database.writing.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendException(Kind.TIMED_OUT, "the call was interrupted", "", e);
        }
        try {
            for (int run = 1; ; run++) {
                State changed = state().copy();
                R result = work.apply(changed);
                if (run >= runs) {
                    database.state = changed;
                    return result;
                }
            }
        } finally {
            database.writing.unlock();
        }
    }

    @Override
    public <R extends @Nullable Object> R commit(Subject about, Function<Transaction, R> work) {
        return write(state -> work.apply(new InTransaction(state, options, clock)));
    }

    /** Writes into a state that nobody else sees. */
    private record InTransaction(State state, HistoryOptions options, Clock clock) implements Transaction {

        /** Keeps those of a user's memories that are no longer what they were. */
        private <R> R keeping(String userId, Function<InMemoryBackend, R> write) {
            List<MemoryEntry> before = of(userId).stream()
                    .sorted(Comparator.comparing(MemoryEntry::version)
                            .thenComparing(MemoryEntry::key, KeyOrder.COMPARATOR))
                    .toList();
            R answer = write.apply(state.memories);
            if (options.isOn()) {
                Map<String, MemoryEntry> after =
                        of(userId).stream().collect(Collectors.toMap(MemoryEntry::key, entry -> entry));
                for (MemoryEntry was : before) {
                    MemoryEntry is = after.get(was.key());
                    if (is == null || !is.hasContentOf(was)) {
                        How how = is == null ? How.DELETED : How.REPLACED;
                        state.history.keep(was, how, clock.instant(), options);
                    }
                }
            }
            return answer;
        }

        private List<MemoryEntry> of(String userId) {
            return state.memories.all().stream()
                    .filter(entry -> entry.userId().equals(userId))
                    .toList();
        }

        @Override
        public Removal erase(String userId, String key, HlcTimestamp version, boolean forgets) {
            state.history.erase(userId, key, version);
            return state.memories.delete(userId, key, version);
        }

        @Override
        public Removal eraseAll(String userId, HlcTimestamp version, boolean forgets) {
            state.history.erase(userId, null, version);
            return state.memories.deleteAll(userId, version);
        }

        @Override
        public int keep(List<Revision> revisions) {
            return state.history.keep(revisions, clock.instant(), options);
        }

        @Override
        public HighWaterMark highWater() {
            return change -> {
                state.mark = change.apply(state.mark);
                return state.mark;
            };
        }

        @Override
        public long busyUntil(OutboxEntry next, HlcTimestamp own) {
            return state.outbox.busyUntil(next, own);
        }

        @Override
        public @Nullable Revision revision(String userId, String key, int number) {
            return state.history.list(userId, key, null, Integer.MAX_VALUE, Long.MAX_VALUE).stream()
                    .filter(one -> one.number() == number)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public void owe(OutboxEntry entry) {
            state.outbox.owe(entry);
        }

        @Override
        public Lookup store(MemoryEntry entry) {
            return keeping(entry.userId(), memories -> memories.store(entry));
        }

        @Override
        public Lookup retrieve(String userId, String key) {
            return state.memories.retrieve(userId, key);
        }

        @Override
        public Removal delete(String userId, String key, HlcTimestamp version) {
            return options.isOn()
                    ? removing(userId, memories -> memories.delete(userId, key, version))
                    : erase(userId, key, version, false);
        }

        @Override
        public Removal deleteAll(String userId, HlcTimestamp version) {
            return !options.isOn()
                    ? eraseAll(userId, version, false)
                    : removing(userId, memories -> memories.deleteAll(userId, version));
        }

        @Override
        public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
            return removing(userId, memories -> memories.expire(userId, cutoff, version));
        }

        private Removal removing(String userId, Function<InMemoryBackend, Removal> write) {
            List<MemoryEntry> before = of(userId);
            Removal removal = keeping(userId, write);
            List<MemoryEntry> after = of(userId);
            if (!options.isOn()) {
                before.stream()
                        .filter(was -> !after.contains(was))
                        .forEach(was -> state.history.erase(userId, was.key(), was.version()));
            }
            long kept = before.stream()
                    .filter(was -> !after.contains(was) && state.history.holds(was))
                    .count();
            return new Removal(removal.count(), removal.survivor(), removal.spared(), kept);
        }
    }

    @Override
    public boolean isInProcess() {
        return true;
    }

    @Override
    public Outbox outbox() {
        return new InMemoryOutbox.Delivering(this::onOutbox, clock);
    }

    @Override
    public PendingWrites pendingWrites() {
        return new InMemoryOutbox.Reading(() -> state().outbox, this::retrieve);
    }

    @Override
    public OutboxAdmin outboxAdmin() {
        return new InMemoryOutbox.Administering(this::onOutbox);
    }

    private <R> R onOutbox(Function<InMemoryOutbox, R> work) {
        return write(state -> work.apply(state.outbox));
    }

    @Override
    public Leases leases() {
        return new Leases() {

            /** One that ends later than any can was given by a clock that has been set back since. */
            @Override
            public boolean acquire(String name, String holder, Duration length) {
                return write(state -> {
                    long now = clock.millis();
                    long until = now + length.toMillis();
                    Lease held = state.leases.get(name);
                    boolean free = held == null
                            || held.holder.equals(holder)
                            || held.untilMillis < now
                            || held.untilMillis > until;
                    if (free) {
                        state.leases.put(name, new Lease(holder, until));
                    }
                    return free;
                });
            }

            @Override
            public void release(String holder) {
                write(state -> state.leases.values().removeIf(lease -> lease.holder.equals(holder)));
            }
        };
    }

    /** Memory is never put back from a copy. */
    @Override
    public ComparisonLog comparisons() {
        return new ComparisonLog() {

            @Override
            public @Nullable Long comparedMillis(String backend) {
                return state().compared.get(backend);
            }

            @Override
            public boolean note(String backend, long startMillis, long incarnation) {
                return write(state -> {
                    if (incarnation != 1) {
                        return false;
                    }
                    state.compared.put(backend, startMillis);
                    return true;
                });
            }

            @Override
            public boolean isRestored(String backend) {
                state();
                return false;
            }

            @Override
            public long incarnation() {
                state();
                return 1;
            }

            @Override
            public long usedMillis() {
                state();
                return database.madeMillis;
            }
        };
    }

    @Override
    public Tombstones tombstones() {
        return new Tombstones() {
            @Override
            public int forget(HlcTimestamp before, int limit) {
                return write(state -> {
                    int keys = state.memories.forgetDeletes(before, limit, state.outbox::owesOf);
                    return keys + state.memories.forgetDeletesOfAll(before, limit - keys, state.outbox::owesOf);
                });
            }

            @Override
            public List<Tombstone> list(String userId, @Nullable Tombstone after, int limit) {
                return state().memories.deletes(userId).stream()
                        .filter(one -> after == null
                                || (one.key() != null
                                        && KeyOrder.COMPARATOR.compare(one.key(), Tombstone.keyAfter(after)) > 0))
                        .limit(limit)
                        .toList();
            }
        };
    }

    @Override
    public History history() {
        return new History() {

            @Override
            public List<Revision> list(
                    String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars) {
                return state().history.list(userId, key, after, options.isOn() ? limit : 0, maxChars);
            }

            @Override
            public List<KeptRevision> walk(String userId, @Nullable Position after, int limit, long maxChars) {
                State state = state();
                return state.history.walk(userId, after, limit, maxChars, key -> version(state, userId, key));
            }

            @Override
            public @Nullable Revision find(String userId, String key, int number) {
                return list(userId, key, null, Integer.MAX_VALUE, Long.MAX_VALUE).stream()
                        .filter(one -> one.number() == number)
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public int forget(int limit) {
                return write(state -> state.history.forget(clock.instant().minus(options.retention()), limit));
            }

            @Override
            public int forgetExcess(int limit) {
                return write(state -> state.history.forgetExcess(options.maxBytes(), limit));
            }
        };
    }

    private static HlcTimestamp version(State state, String userId, String key) {
        Lookup lookup = state.memories.retrieve(userId, key);
        return lookup instanceof Lookup.Found found
                ? found.entry().version()
                : lookup instanceof Lookup.Deleted deleted ? deleted.version() : HlcTimestamp.NONE;
    }

    @Override
    public HistoryOptions historyOptions() {
        return options;
    }

    @Override
    public Expirations expirations() {
        return (by, limit) -> state().memories.all().stream()
                .filter(entry -> entry.expiresAt() != null && !entry.expiresAt().isAfter(by))
                .sorted(Comparator.comparing(MemoryEntry::expiresAt))
                .limit(limit)
                .map(entry -> new Expirations.Expiring(
                        entry.userId(), entry.key(), entry.version(), Objects.requireNonNull(entry.expiresAt())))
                .toList();
    }

    @Override
    public VectorStore vectors() {
        return vectors;
    }

    @Override
    public Chronicle chronicle() {
        return new InMemoryChronicle(userId -> state().memories.memories(userId));
    }

    @Override
    public UserDirectory users() {
        return (after, limit) -> state().memories.users().stream()
                .filter(user -> after == null || KeyOrder.COMPARATOR.compare(user, after) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public HighWaterMark highWater() {
        return this::update;
    }

    private HighWaterMark.Mark update(UnaryOperator<HighWaterMark.Mark> change) {
        return write(state -> {
            state.mark = change.apply(state.mark);
            return state.mark;
        });
    }

    @Override
    public String identity() {
        return database.identity;
    }

    @Override
    public String secret() {
        return "secret of " + database.identity;
    }

    @Override
    public DatabaseInfo info() {
        return new DatabaseInfo(null, "memory:", null, null, null, null);
    }

    @Override
    public String type() {
        return "in-memory";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Lookup store(MemoryEntry entry) {
        return commit(new Subject(entry.userId(), entry.key()), tx -> tx.store(entry));
    }

    @Override
    public Lookup retrieve(String userId, String key) {
        return state().memories.retrieve(userId, key);
    }

    @Override
    public Hits search(SearchRequest request) {
        return state().memories.search(request);
    }

    @Override
    public List<SimilarMemory> similar(MemoryEntry memory, int limit, Duration within) {
        List<SimilarMemory> similar = list(new ListRequest(memory.userId(), null, Integer.MAX_VALUE)).entries().stream()
                .filter(other -> !other.key().equals(memory.key()))
                .map(other -> new SimilarMemory(other, SimilarTexts.likeness(memory.value(), other.value())))
                .filter(other -> other.likeness() >= SimilarTexts.SIMILAR)
                .toList();
        return SimilarTexts.best(similar, limit);
    }

    @Override
    public Page list(ListRequest request) {
        return state().memories.list(request);
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
    public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
        return commit(new Subject(userId, null), tx -> tx.expire(userId, cutoff, version));
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
    public BackendStatus check() {
        return new BackendStatus(!closed, closed ? "closed" : "in memory");
    }

    @Override
    public void close() {
        closed = true;
    }
}
