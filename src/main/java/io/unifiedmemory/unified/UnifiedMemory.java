package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Expirations.Expiring;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.unified.calls.CallOrder.Place;
import io.unifiedmemory.unified.calls.CircuitBreaker;
import io.unifiedmemory.unified.calls.FanOut;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.calls.RemoteStore;
import io.unifiedmemory.unified.clock.HybridLogicalClock;
import io.unifiedmemory.unified.clock.ObservedBackend;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.KnownHere;
import io.unifiedmemory.unified.reads.Listing;
import io.unifiedmemory.unified.reads.ReadPath;
import io.unifiedmemory.unified.reads.Retrieval;
import io.unifiedmemory.unified.reads.SearchOptions;
import io.unifiedmemory.unified.reads.SearchPath;
import io.unifiedmemory.unified.reads.SearchResult;
import io.unifiedmemory.unified.reads.UndeliveredNotice;
import io.unifiedmemory.unified.reads.Whereabouts;
import io.unifiedmemory.unified.sync.Delivery;
import io.unifiedmemory.unified.sync.Difference;
import io.unifiedmemory.unified.sync.Drift;
import io.unifiedmemory.unified.sync.Reconciler;
import io.unifiedmemory.unified.sync.Reconciliation;
import io.unifiedmemory.unified.sync.Relay;
import io.unifiedmemory.unified.sync.RestoredFile;
import io.unifiedmemory.unified.sync.Sweeper;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.BatchWrite;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import io.unifiedmemory.unified.writes.Deleted;
import io.unifiedmemory.unified.writes.Stored;
import io.unifiedmemory.unified.writes.StoredBatch;
import io.unifiedmemory.unified.writes.WritePath;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Many backends as one memory. Thread-safe; every method blocks, at most for the longest timeout of the backends it
 * asks, and throws {@link java.util.concurrent.CancellationException} when its thread is interrupted while it waits.
 * The caller checks limits; arguments are not checked here.
 *
 * <p>A call fails, with {@link NoBackendException}, only when no backend could do it; otherwise its result names the
 * backends that did it and those that did not.
 */
public final class UnifiedMemory implements AutoCloseable {

    private final Clock clock;
    private final HybridLogicalClock versions;
    private final BackendHandles handles;
    private final Backends backends;
    private final HealthCheck health;
    private final WritePath writes;
    private final ReadPath reads;
    private final KnownHere known;
    private final UndeliveredNotice undelivered;
    private final RestoredFile restored;
    private final SearchPath searches;
    private final Reconciler reconciler;
    private final Relay relay;
    private final ExecutorService executor;
    private final CallOrder order;

    private UnifiedMemory(Builder builder) {
        clock = builder.clock;
        executor = Executors.newCachedThreadPool(daemons("backend-call"));
        order = builder.order;
        FanOut fanOut = new FanOut(executor, order::beforeWaitingFor);
        CircuitBreaker.Scheduler scheduler =
                (delay, task) -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, executor)
                        .execute(task);
        PrimaryStore given = Objects.requireNonNull(builder.store, "a store of record is needed");
        PrimaryStore store = given.isInProcess() ? given : RemoteStore.guarded(given, this::primary, fanOut);
        versions = new HybridLogicalClock(clock, store.highWater());
        handles = new BackendHandles(builder.backends.stream()
                .map(configured -> handle(configured, builder.observer, scheduler))
                .toList());
        MemoryOptions options = builder.options;
        backends = new Backends(handles, fanOut, store, versions, clock);
        ConcurrentChangeCheck overtaking = new ConcurrentChangeCheck(backends);
        boolean waits = options.waits() == MemoryOptions.Wait.ALL;
        writes = new WritePath(backends, overtaking, waits, this::wakeRelay);
        restored = new RestoredFile(handles, store);
        reads = new ReadPath(
                backends, options.reads() == MemoryOptions.Read.FRESHEST, restored, writes::awaitConfirmations);
        known = new KnownHere(backends, builder.search.similar());
        searches = new SearchPath(backends, builder.search);
        undelivered = new UndeliveredNotice(handles, store.pendingWrites());
        reconciler = new Reconciler(backends, store.users(), builder.expected);
        relay = new Relay(
                backends,
                new Delivery(backends, overtaking),
                reconciler,
                restored,
                new Sweeper(handles, store, this::deleteExpired, options.tombstoneRetention(), clock));
        Map<String, Supplier<@Nullable String>> troubles = new LinkedHashMap<>(builder.troubles);
        troubles.put("relay", this::undelivered);
        health = new HealthCheck(fanOut, store.outboxAdmin(), relay::drift, troubles, restored, clock);
    }

    private @Nullable String undelivered() {
        String trouble = relay.trouble();
        return trouble == null ? null : "pending writes are not delivered: " + trouble;
    }

    private BackendHandle handle(
            Builder.Configured configured, BackendObserver observer, CircuitBreaker.Scheduler scheduler) {
        Function<BackendHandle, CircuitBreaker> breaker =
                handle -> new CircuitBreaker(scheduler, () -> isWell(handle), () -> onRecovered(handle));
        return configured.backend instanceof PrimaryStore store
                ? BackendHandle.primary(configured.name, store, configured.options, observer, breaker)
                : BackendHandle.replica(
                        configured.name,
                        new ObservedBackend(configured.backend, versions),
                        configured.options,
                        observer,
                        breaker);
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Stores a memory in every enabled backend, replacing what was held under the key.
     *
     * @param metadata a JSON object, may be empty
     */
    public Stored store(String userId, String key, String value, Map<String, Object> metadata) {
        return store(userId, key, value, metadata, null, null);
    }

    /**
     * Stores a memory as {@link #store(String, String, String, Map)} does.
     *
     * @param expiresAt from when on no read shows it; null when it does not expire
     * @param writtenBy who stores it; null when that is not known
     */
    public Stored store(
            String userId,
            String key,
            String value,
            Map<String, Object> metadata,
            @Nullable Instant expiresAt,
            @Nullable String writtenBy) {
        MemoryEntry draft =
                new MemoryEntry(userId, key, value, metadata, null, null, HlcTimestamp.NONE, expiresAt, writtenBy);
        return order.run(Place.writing(userId, key), () -> {
            Stored stored = shown(writes.store(draft));
            noticeExpiry(draft);
            return stored;
        });
    }

    /** Stores a memory that was written elsewhere, with its own version and times, unless something newer is held. */
    public Stored replicate(MemoryEntry entry) {
        return order.run(Place.writing(entry.userId(), entry.key()), () -> {
            Stored stored = shown(writes.replicate(entry));
            noticeExpiry(entry);
            return stored;
        });
    }

    private void noticeExpiry(MemoryEntry stored) {
        if (stored.expiresAt() != null) {
            relay.onExpiring(stored.expiresAt());
        }
    }

    /**
     * Makes writes of one user that were made elsewhere, all in one transaction: a few hundred at a time are fast, and
     * short enough for whoever else writes. The other backends get them from the relay.
     *
     * @return what became of each
     * @throws BackendException when nothing was written
     */
    public List<BatchOutcome> writeAll(String userId, List<BatchWrite> batch) {
        return order.run(Place.writing(userId, null), () -> {
            List<BatchOutcome> outcomes = shown(writes.writeAll(userId, batch));
            batch.forEach(write -> {
                if (write instanceof BatchWrite.Store store) {
                    noticeExpiry(store.entry());
                }
            });
            return outcomes;
        });
    }

    /**
     * Stores memories of one user, each by itself: one transaction, and one call to each other backend that takes so many
     * at once. The relay brings them to the others.
     */
    public StoredBatch storeAll(String userId, List<BatchWrite.Store> stores) {
        return order.run(Place.writing(userId, null), () -> {
            StoredBatch stored = shown(writes.storeAll(userId, stores));
            stores.forEach(store -> noticeExpiry(store.entry()));
            return stored;
        });
    }

    /** What {@link #writeAll} would do, had it to do with each write alone. Changes nothing. */
    public List<BatchOutcome> compareAll(String userId, List<BatchWrite> batch) {
        return order.run(Place.reading(userId, null), () -> writes.compareAll(userId, batch));
    }

    /**
     * Takes what another store kept of one user's past into the history of the store of record, in one transaction. Whatever
     * is newer than that, or known here already, is passed over, so the memories and deletes that belong to it come first.
     *
     * @param revisions one or more; those of one key in the order of their numbers
     * @return how many were taken
     * @throws BackendException when nothing was written
     */
    public int takeHistory(String userId, List<KeptRevision> revisions) {
        return order.run(Place.writing(userId, null), () -> writes.takeHistory(userId, revisions));
    }

    /**
     * How many {@link #takeHistory} would take behind the memories and deletes that belong to them. Changes nothing.
     *
     * @param keeps whether a memory that is held stays, whatever comes
     */
    public int compareHistory(String userId, List<KeptRevision> revisions, boolean keeps) {
        return order.run(Place.reading(userId, null), () -> writes.compareHistory(revisions, keeps));
    }

    /** Returns the memory under one key; absence is a result. */
    public Retrieval retrieve(String userId, String key) {
        return order.run(Place.reading(userId, key), () -> {
            writes.makeGood();
            return shown(reads.retrieve(userId, key));
        });
    }

    /** Merges the hits of all backends into one ranking, without what earlier pages have shown. */
    public SearchResult search(SearchRequest request, AlreadyShown seen) {
        return order.run(Place.reading(request.userId(), null), () -> {
            writes.makeGood();
            List<BackendHandle> uncompared = restored.uncompared();
            String owed = undelivered.of(request.userId());
            SearchResult found = shown(searches.search(request, seen));
            Map<String, String> problems = withGaps(request.userId(), found.problems(), owed, uncompared);
            return found.with(problems);
        });
    }

    /** Returns a page of all memories of a user, in the order of their keys; it may be empty although more follow. */
    public Listing list(ListRequest request) {
        return list(request, SearchFilter.NONE);
    }

    /**
     * Returns a page of the memories that a filter accepts. Its total is null unless the page has all of them or the
     * filter accepts everything.
     */
    public Listing list(ListRequest request, SearchFilter filter) {
        return order.run(Place.reading(request.userId(), null), () -> {
            writes.makeGood();
            List<BackendHandle> uncompared = restored.uncompared();
            String owed = undelivered.of(request.userId());
            Listing listing = shown(reads.list(request, filter));
            return new Listing(
                    listing.page(),
                    listing.next(),
                    listing.sources(),
                    withGaps(request.userId(), listing.problems(), owed, uncompared));
        });
    }

    /** What the store of record says by itself, at once: for what need not be complete. */
    public KnownHere knownHere() {
        return known;
    }

    /** Where a memory is, as every backend that keeps memories says now; see {@link Whereabouts}. */
    public List<Whereabouts.Copy> whereabouts(String userId, String key) {
        writes.awaitConfirmations();
        return new Whereabouts(backends).of(userId, key);
    }

    /**
     * Adds the gaps of an answer to its problems.
     *
     * @param owed the undelivered writes when the question was asked
     * @param before the backends that had not been compared then; the file may have been replaced since
     */
    private Map<String, String> withGaps(
            String userId, Map<String, String> problems, String owed, List<BackendHandle> before) {
        List<BackendHandle> uncompared = before.isEmpty() ? restored.uncompared() : before;
        return restored.added(undelivered.added(userId, problems, owed), uncompared);
    }

    /**
     * Deletes one memory in every enabled backend.
     *
     * @param given the version of a delete that was made elsewhere, which spares newer memories and those that another
     *     program wrote; null for a new delete, which spares nothing
     */
    public Deleted delete(String userId, String key, @Nullable HlcTimestamp given) {
        return delete(userId, key, given, false);
    }

    /**
     * Deletes one memory as {@link #delete(String, String, HlcTimestamp)} does.
     *
     * @param permanently whether nothing of what the key held stays in the history, here and in other instances
     */
    public Deleted delete(String userId, String key, @Nullable HlcTimestamp given, boolean permanently) {
        return order.run(Place.writing(userId, key), () -> shown(writes.delete(userId, key, given, permanently)));
    }

    private void deleteExpired(Expiring memory) {
        delete(memory.userId(), memory.key(), memory.version());
    }

    /** Deletes every memory of a user in every enabled backend; {@code given} as for {@link #delete}. */
    public Deleted deleteAll(String userId, @Nullable HlcTimestamp given) {
        return deleteAll(userId, given, false);
    }

    /** Deletes every memory of a user; the parameters are as for {@link #delete}. */
    public Deleted deleteAll(String userId, @Nullable HlcTimestamp given, boolean permanently) {
        return order.run(Place.writing(userId, null), () -> shown(writes.deleteAll(userId, given, permanently)));
    }

    /** How much is kept here of what memories held before. */
    public HistoryOptions historyOptions() {
        return backends.store().historyOptions();
    }

    /**
     * What a key, or every key of a user, held before, as the store of record kept it; the parameters are those of {@link
     * History#list}.
     *
     * @throws NoBackendException when the store of record cannot say
     */
    public List<Revision> history(
            String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars) {
        return past(userId, key, history -> history.list(userId, key, after, limit, maxChars));
    }

    private <T> T past(String userId, @Nullable String key, Function<History, T> question) {
        return order.run(Place.reading(userId, key), () -> {
            try {
                return question.apply(backends.store().history());
            } catch (BackendException e) {
                throw new NoBackendException(
                        "read the history", e.kind(), Map.of(handles.primary().name(), e.describe()));
            }
        });
    }

    /**
     * Stores anew, in every enabled backend, what a key held before: a write like any other, which replaces what the key
     * holds now. An expiry that has passed is left out.
     *
     * @param number of the revision; null for the last one
     * @param writtenBy who restores it; null when that is not known
     * @return null when there is no such revision
     * @throws NoBackendException when the store of record cannot say, or no backend takes it
     */
    public @Nullable Restored restore(String userId, String key, @Nullable Integer number, @Nullable String writtenBy) {
        List<Revision> found = number == null
                ? history(userId, key, null, 1, Long.MAX_VALUE)
                : past(
                        userId,
                        key,
                        history -> Stream.ofNullable(history.find(userId, key, number))
                                .toList());
        if (found.isEmpty()) {
            return null;
        }
        Revision revision = found.get(0);
        MemoryEntry entry = revision.entry();
        MemoryEntry draft = new MemoryEntry(
                userId,
                key,
                entry.value(),
                entry.metadata(),
                null,
                null,
                HlcTimestamp.NONE,
                entry.isExpired(clock) ? null : entry.expiresAt(),
                writtenBy);
        Optional<Stored> stored = order.run(
                Place.writing(userId, key),
                // Nobody brings back what another process has erased since it was read.
                () -> shown(writes.storeIf(draft, tx -> revision.equals(tx.revision(userId, key, revision.number())))));
        if (stored.isEmpty()) {
            return null;
        }
        noticeExpiry(draft);
        return new Restored(revision, stored.get());
    }

    /** A revision that was restored, and what became of the write. */
    public record Restored(Revision revision, Stored stored) {}

    /** Deletes a user's memories that were last updated before {@code cutoff}; {@code given} as for {@link #delete}. */
    public Deleted expire(String userId, Instant cutoff, @Nullable HlcTimestamp given) {
        return order.run(Place.writing(userId, null), () -> shown(writes.expire(userId, cutoff, given)));
    }

    /**
     * Called with every answer, so that the next write, of any process on the database, is newer than what the answer
     * shows.
     */
    private <T> T shown(T answer) {
        versions.keepObserved();
        return answer;
    }

    /**
     * Asks every enabled backend for its status, all at once, each within its timeout and whatever its breaker says.
     */
    public Health health() {
        writes.awaitConfirmations();
        return health.of(handles);
    }

    /** The state of every enabled backend, by name, as far as it is known without asking; reads the outbox. */
    public Map<String, BackendState> standing() {
        writes.awaitConfirmations();
        return health.standing(handles);
    }

    /**
     * Whether each enabled backend, by name, would take a write now. Asks only the backend that answers in this
     * process.
     */
    public Map<String, Boolean> ready() {
        return health.ready(handles);
    }

    /**
     * Starts the background work: connecting to every enabled backend, so that the first call need not wait for it, and
     * delivering pending writes.
     */
    public void start() {
        relay.start();
        for (BackendHandle handle : handles.enabled()) {
            if (!handle.isPrimary()) {
                executor.execute(() -> isWell(handle));
            }
        }
    }

    /** The longest time that a call may take, waiting for every backend: a graceful end has to allow for it. */
    public Duration longestCall() {
        return handles.enabled().stream()
                .map(handle -> handle.options().timeout())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /**
     * Compares the store of record with every other enabled backend that can list, and copies the newer version of each
     * memory to where it is missing or outdated. Pending writes are delivered first and afterwards, by the relay where
     * it has been started.
     *
     * @param dryRun whether to compare without changing anything
     * @param users further users to compare, whom the store of record need not know
     * @param progress called after each page with the backend and user, and the number of memories so far
     */
    public Reconciliation reconcile(boolean dryRun, Collection<String> users, ObjLongConsumer<String> progress) {
        if (dryRun) {
            return compare(Reconciler.Mode.LOOK, users, progress, difference -> {});
        }
        relay.deliverAll(); // what a backend has yet to delete must not be taken for new
        Reconciliation done = compare(Reconciler.Mode.RESTORE, users, progress, difference -> {});
        relay.note(done.drifts());
        relay.deliverAll();
        return done;
    }

    /** Compares as {@link #reconcile} does, changes nothing, and tells of each difference. */
    public Reconciliation compare(Consumer<Difference> found) {
        return compare(Reconciler.Mode.LOOK, Set.of(), (where, compared) -> {}, found);
    }

    private Reconciliation compare(
            Reconciler.Mode mode,
            Collection<String> users,
            ObjLongConsumer<String> progress,
            Consumer<Difference> found) {
        writes.awaitConfirmations();
        Map<String, Drift> drifts = new LinkedHashMap<>();
        Map<String, String> problems = new LinkedHashMap<>();
        long before = 0;
        for (BackendHandle handle : handles.replicas()) {
            if (reconciler.applies(handle)) {
                long done = before;
                try {
                    Drift drift = reconciler.reconcile(
                            handle,
                            mode,
                            users,
                            (user, compared) -> progress.accept(handle.name() + ": " + user, done + compared),
                            found);
                    drifts.put(handle.name(), drift);
                    before += drift.compared();
                } catch (BackendException e) {
                    problems.put(handle.name(), e.describe());
                }
            }
        }
        return new Reconciliation(drifts, problems);
    }

    /** Closes every backend, all at once because each may take a while. Calls under way fail. */
    @Override
    public void close() {
        relay.close();
        writes.awaitConfirmations();
        executor.shutdownNow();
        handles.all().parallelStream().forEach(BackendHandle::close);
    }

    private BackendHandle primary() {
        return handles.primary();
    }

    private boolean isWell(BackendHandle handle) {
        return health.isWell(handle);
    }

    private void onRecovered(BackendHandle handle) {
        relay.onRecovered(handle);
    }

    private void wakeRelay() {
        relay.wake();
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> Daemon.create(name + "-" + count.incrementAndGet(), task);
    }

    /** Collects the backends that make up the memory, and the policies. Not thread-safe. */
    public static final class Builder {

        private record Configured(String name, MemoryBackend backend, BackendOptions options) {}

        private final List<Configured> backends = new ArrayList<>();
        private @Nullable PrimaryStore store;
        private Set<String> expected = Set.of();
        private MemoryOptions options = MemoryOptions.DEFAULT;
        private Clock clock = Clock.systemUTC();
        private SearchOptions search = SearchOptions.DEFAULT;
        private CallOrder order = CallOrder.none();
        private BackendObserver observer = BackendObserver.NONE;
        private final Map<String, Supplier<@Nullable String>> troubles = new LinkedHashMap<>();

        private Builder() {}

        /**
         * The store of record, which is required. It keeps the outbox even when the options disable it as a backend.
         */
        public Builder primary(String name, PrimaryStore primary, BackendOptions options) {
            store = primary;
            backends.add(new Configured(name, primary, options));
            return this;
        }

        /**
         * A backend that receives what the store of record has. Among equal priorities the one added first comes first.
         */
        public Builder replica(String name, MemoryBackend backend, BackendOptions options) {
            backends.add(new Configured(name, backend, options));
            return this;
        }

        /** Users who are compared even while the store of record knows nothing of them. */
        public Builder expect(Set<String> users) {
            expected = Set.copyOf(users);
            return this;
        }

        /** The policies; {@link MemoryOptions#DEFAULT} unless set. */
        public Builder options(MemoryOptions policies) {
            options = policies;
            return this;
        }

        /** The wall clock, which times and versions follow. */
        public Builder clock(Clock wallClock) {
            clock = wallClock;
            return this;
        }

        /** How a search treats slow backends. */
        public Builder search(SearchOptions options) {
            search = options;
            return this;
        }

        /** The order of calls, and the listener to their waits; the store of record gets the same one. */
        public Builder order(CallOrder ofCalls) {
            order = ofCalls;
            return this;
        }

        /** An observer of every call of a backend. */
        public Builder observer(BackendObserver who) {
            observer = who;
            return this;
        }

        /**
         * Another component that health tells of.
         *
         * @param trouble what is the matter with it, in one line; null while nothing is
         */
        public Builder component(String name, Supplier<@Nullable String> trouble) {
            troubles.put(name, trouble);
            return this;
        }

        /** Builds the memory; does no I/O yet. */
        public UnifiedMemory build() {
            return new UnifiedMemory(this);
        }
    }
}
