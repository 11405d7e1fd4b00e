package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.clock.ClockWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the outbox, in a thread of its own, to every backend whose breaker is closed. One process at a time relays
 * for a database; when it dies, another takes over after {@link #LEASE}. Delivering twice does no harm, so a lost
 * confirmation costs nothing but time.
 */
public final class Relay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    public static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final int BATCH = 500;

    /** What the relaying process holds the lease of. */
    private static final String LEASE_NAME = "relay";

    /** How often a backend is compared with the store of record when nothing has happened to it. */
    private static final Duration RECONCILE_EVERY = Duration.ofHours(6);

    /** The least time between two comparisons of a backend that went and came back, or could not be compared. */
    static final Duration RECONCILE_AGAIN = Duration.ofMinutes(5);

    /** The pauses between failed comparisons when reads depend on the comparison. */
    private static final Backoff BETWEEN_COMPARISONS = Backoff.of(Duration.ofSeconds(2), RECONCILE_AGAIN);

    /** How long one step of a comparison may take before another process considers this one dead. */
    static final Duration COMPARING = Duration.ofMinutes(1);

    /** How often memories that have expired are deleted; nobody is shown them before that. */
    private static final Duration EXPIRE_EVERY = Duration.ofMinutes(10);

    /** How often remembered deletes and revisions that nobody needs any more are forgotten. */
    private static final Duration SWEEP_EVERY = Duration.ofHours(6);

    /** How long nothing is forgotten after the wall clock has leapt ahead: a clock that is wrong is mostly set right by then. */
    private static final Duration CLOCK_IN_DOUBT = Duration.ofHours(1);

    /** When upkeep begins where there is nothing to deliver: not during the first calls, and early enough for short sessions. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    /** How often a process checks whether a comparison is due. */
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private final Backends backends;
    private final Delivery delivery;
    private final Reconciler reconciler;
    private final RestoredFile putBack;
    private final Sweeper sweeper;
    /**
     * The backends to compare, unless they were compared since the given time: they are back, or the database may be an
     * older one.
     */
    private final Map<BackendHandle, Long> returned = new ConcurrentHashMap<>();
    /** The backends whose failed writes are due at once: they are back, or this process has just started. */
    private final Set<BackendHandle> expedited = ConcurrentHashMap.newKeySet();

    /** When, as of {@link System#nanoTime}, a failed comparison may be tried again. */
    private final Map<BackendHandle, Long> notBefore = new ConcurrentHashMap<>();

    /** The number of failed comparisons, for backends that a restored database has to be compared with. */
    private final Map<BackendHandle, Integer> failures = new ConcurrentHashMap<>();

    private final Map<BackendHandle, Drift> drifts = new ConcurrentHashMap<>();
    /**
     * Not UUID.randomUUID(): secure random numbers would be a tenth of the start-up time, and this name need not be
     * unguessable.
     */
    private final String holder = new UUID(random(), random()).toString();

    private final ClockWatch clockWatch;
    /**
     * The database that was in place at the last look, as {@link io.unifiedmemory.memory.spi.ComparisonLog#incarnation}
     * counts.
     */
    private long file;

    /**
     * When, by the wall clock, a database that had been unused for long was opened; null when that has been dealt with.
     */
    private @Nullable Long unusedUntil;

    private final Semaphore wakeUps = new Semaphore(0);
    private @Nullable Thread thread;
    private volatile boolean closed;
    private volatile @Nullable String trouble;
    /** When the thread looks again if nobody wakes it. */
    private volatile long wakesAtMillis;

    private volatile long nextUpkeep = System.nanoTime();
    /** From when on, as of {@link System#nanoTime}, the wall clock decides about what is forgotten. */
    private long clockTrustedFrom = System.nanoTime();

    public Relay(Backends backends, Delivery delivery, Reconciler reconciler, RestoredFile putBack, Sweeper sweeper) {
        this.backends = backends;
        this.delivery = delivery;
        this.reconciler = reconciler;
        this.putBack = putBack;
        this.sweeper = sweeper;
        this.clockWatch = new ClockWatch(backends.clock(), System::nanoTime);
        expedited.addAll(backends.replicas());
    }

    /**
     * Starts the work. Without any backend to deliver to that is upkeep alone, which begins after a while. Does nothing
     * on a second call.
     */
    public synchronized void start() {
        if (thread == null && !closed) {
            thread = Daemon.start("relay", this::run);
        }
    }

    /**
     * Called when a backend is back: its pending writes become due at once, and it is compared with the store of
     * record.
     */
    public void onRecovered(BackendHandle handle) {
        expedited.add(handle);
        if (failures.remove(handle) != null) {
            notBefore.remove(handle);
        }
        if (reconciler.applies(handle)) {
            returned.put(handle, backends.clock().millis());
            nextUpkeep = System.nanoTime();
        }
        wake();
    }

    /** Called when a memory was stored that expires at that time, so that it is deleted soon after. */
    public void onExpiring(Instant time) {
        if (time.toEpochMilli() + LOOK_EVERY.toMillis() < wakesAtMillis) {
            wake();
        }
    }

    /** Tells the relay that something is due. */
    public void wake() {
        wakeUps.release();
    }

    /** What the last comparison with a backend in this process found; null before there was one. */
    @Nullable
    public Drift drift(BackendHandle handle) {
        return drifts.get(handle);
    }

    /** Keeps the result of a comparison that a person asked for. */
    public void note(Map<String, Drift> found) {
        backends.replicas().forEach(handle -> {
            Drift drift = found.get(handle.name());
            if (drift != null) {
                drifts.put(handle, drift);
            }
        });
    }

    /** Delivers what is due: in the relay's own thread if that was started, otherwise in the caller's. */
    public void deliverAll() {
        boolean more;
        synchronized (this) {
            more = thread == null && !closed;
        }
        if (!more) {
            wake();
        }
        while (more) {
            more = deliverBatches();
        }
    }

    private static long random() {
        return ThreadLocalRandom.current().nextLong();
    }

    private void run() {
        boolean alone = backends.replicas().isEmpty();
        if (alone) {
            await(FIRST_LOOK);
        }
        while (!closed) {
            Duration pause = alone ? SWEEP_EVERY : POLL;
            try {
                boolean more = deliverBatches() || upkeep();
                trouble = null;
                if (more) {
                    continue;
                }
                pause = alone ? untilUpkeep() : POLL;
            } catch (BackendException e) {
                if (trouble == null) {
                    LOG.warn("the outbox cannot be read or written: {}", e.describe());
                }
                trouble = e.describe();
            } catch (CancellationException e) {
                LOG.debug("the relay was interrupted", e);
            } catch (RuntimeException | Error e) {
                LOG.error("pending writes cannot be delivered; they are retried", e);
                trouble = e.toString();
            }
            await(pause);
        }
    }

    /**
     * How long there is nothing to do where there is nothing to deliver, so that an idle process is not woken: until the
     * next memory expires, whichever process on the database stored it and has ended since.
     */
    private Duration untilUpkeep() {
        try {
            Instant expiry = sweeper.nextExpiry();
            Duration left = expiry == null
                    ? SWEEP_EVERY
                    : Duration.between(backends.clock().instant(), expiry);
            return left.compareTo(LOOK_EVERY) < 0 ? LOOK_EVERY : left.compareTo(SWEEP_EVERY) > 0 ? SWEEP_EVERY : left;
        } catch (BackendException e) {
            LOG.debug("it is not known what expires next: {}", e.describe());
            return SWEEP_EVERY;
        }
    }

    /** Why nothing was delivered in the last round; null when all is well. */
    @Nullable
    public String trouble() {
        return trouble;
    }

    private void await(Duration pause) {
        wakesAtMillis = backends.clock().millis() + pause.toMillis();
        try {
            if (wakeUps.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            LOG.debug("the relay ends", e);
        }
    }

    /** Delivers one batch to each backend; returns whether more is due. */
    boolean deliverBatches() {
        boolean more = false;
        long jump = clockWatch.jumpMillis();
        if (jump < 0) {
            // The clock was set back: due times that were computed before that are too late by the same amount.
            expedited.addAll(backends.replicas());
        } else if (isLong(jump)) {
            // A virtual machine that was restored from a snapshot, memory and disk alike, shows nothing but a clock
            // jump.
            compareSoon(backends.clock().millis());
            clockTrustedFrom = System.nanoTime() + CLOCK_IN_DOUBT.toNanos();
        }
        for (BackendHandle handle : backends.replicas()) {
            if (!closed && handle.isAdmitting()) {
                if (expedited.remove(handle)) {
                    backends.store()
                            .outbox()
                            .expedite(handle.name(), backends.clock().millis());
                }
                List<OutboxEntry> batch = backends.store()
                        .outbox()
                        .due(
                                handle.name(),
                                backends.clock().millis(),
                                handle.longestTry().toMillis(),
                                BATCH);
                if (!batch.isEmpty() && backends.store().leases().acquire(LEASE_NAME, holder, LEASE)) {
                    boolean tried = delivery.deliver(handle, batch, renewal(LEASE_NAME, LEASE));
                    more |= tried && batch.size() == BATCH;
                }
            }
        }
        return more;
    }

    /** Renews a lease while the work is under way; false when the lease is lost, or the relay closes. */
    private BooleanSupplier renewal(String right, Duration length) {
        AtomicLong renewed = new AtomicLong(System.nanoTime());
        return () -> {
            long now = System.nanoTime();
            if (now - renewed.get() > length.toNanos() / 3) {
                renewed.set(now);
                return !closed && backends.store().leases().acquire(right, holder, length);
            }
            return !closed;
        };
    }

    /** Does the periodic work; returns whether there was something to do. */
    boolean upkeep() {
        noticeFile();
        if (System.nanoTime() - nextUpkeep < 0) {
            return false;
        }
        nextUpkeep = System.nanoTime() + LOOK_EVERY.toNanos();
        Instant expiry = sweeper.nextExpiry();
        if (expiry != null
                && !expiry.isAfter(backends.clock().instant())
                && backends.store().leases().isDue("expire", EXPIRE_EVERY)) {
            sweeper.expire(() -> !closed);
        }
        boolean isTrusted = System.nanoTime() - clockTrustedFrom >= 0;
        if (isTrusted && backends.store().leases().isDue("sweep", SWEEP_EVERY)) {
            sweeper.forgetRevisions(() -> !closed);
            sweeper.sweep(() -> !closed);
        }
        boolean compared = compareOne();
        Long from = unusedUntil;
        if (from != null && !compared) {
            // One look later: neither the first calls of a program nor a program that ends soon should pay for the
            // comparison.
            unusedUntil = null;
            compareSoon(from);
        }
        return compared;
    }

    /**
     * Requests comparisons after the database was replaced, even by an empty one. A database that had been unused for
     * long is treated alike: it may be an old state of itself, and nothing else would show that.
     */
    private void noticeFile() {
        long now = backends.store().comparisons().incarnation();
        if (now == file) {
            return;
        }
        boolean first = file == 0;
        file = now;
        nextUpkeep = System.nanoTime();
        long millis = backends.clock().millis();
        if (!first) {
            notBefore.clear();
            compareSoon(millis);
        } else if (isLong(millis - backends.store().comparisons().usedMillis())) {
            unusedUntil = millis;
        }
    }

    private void compareSoon(long fromMillis) {
        backends.replicas().forEach(handle -> returned.put(handle, fromMillis));
    }

    private static boolean isLong(long millis) {
        return Math.abs(millis) > RECONCILE_AGAIN.toMillis();
    }

    /**
     * Compares one backend that is back, or whose turn it is, unless another process does; returns whether there was
     * one.
     */
    boolean compareOne() {
        for (BackendHandle handle : backends.replicas()) {
            if (!closed && handle.isAdmitting() && reconciler.applies(handle)) {
                boolean urgent = putBack.isUncompared(handle);
                String right = "reconcile " + handle.name();
                if (isTurnOf(handle, urgent) && backends.store().leases().acquire(right, holder, COMPARING)) {
                    nextUpkeep = System.nanoTime();
                    compare(handle, urgent, renewal(right, COMPARING));
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether a backend may be compared now. Each comparison reads all its memories, so a backend that goes and returns
     * often is not compared each time.
     */
    private boolean isTurnOf(BackendHandle handle, boolean urgent) {
        Long failed = notBefore.get(handle);
        if (failed != null && System.nanoTime() - failed < 0) {
            if (urgent && failed - nextUpkeep < 0) {
                nextUpkeep = failed;
            }
            return false;
        }
        if (urgent) {
            return true;
        }
        Long last = backends.store().comparisons().comparedMillis(handle.name());
        long since = last == null ? Long.MAX_VALUE : backends.clock().millis() - last;
        Long from = returned.get(handle);
        boolean soon = from != null && (last == null || last <= from || since < 0);
        Duration distance = soon ? RECONCILE_AGAIN : RECONCILE_EVERY;
        return since >= distance.toMillis() || since < 0;
    }

    private void compare(BackendHandle handle, boolean urgent, BooleanSupplier mayGoOn) {
        if (urgent) {
            LOG.info("the database was restored or moved: {} is compared", handle.name());
        }
        try {
            Drift drift = reconciler.reconcile(handle, Reconciler.Mode.ROUTINE, Set.of(), (user, compared) -> {
                if (!mayGoOn.getAsBoolean()) {
                    throw new CancellationException("another process compares, or the end has come");
                }
            });
            returned.remove(handle);
            notBefore.remove(handle);
            failures.remove(handle);
            putBack.tried(handle, null);
            drifts.put(handle, drift);
            if (!drift.isNone()) {
                LOG.info("{} had drifted: {}", handle.name(), drift);
            }
        } catch (BackendException e) {
            notBefore.put(handle, System.nanoTime() + pauseAfter(handle, urgent).toNanos());
            putBack.tried(handle, e.describe());
            LOG.info("{} could not be compared: {}", handle.name(), e.describe());
        }
    }

    private Duration pauseAfter(BackendHandle handle, boolean urgent) {
        if (!urgent) {
            return RECONCILE_AGAIN;
        }
        return BETWEEN_COMPARISONS.after(failures.merge(handle, 1, Integer::sum));
    }

    /** Stops the delivery; pending writes stay in the outbox. */
    @Override
    public void close() {
        closed = true;
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join(LEASE.toMillis());
            if (!backends.replicas().isEmpty()) {
                backends.store().leases().release(holder);
            }
        } catch (BackendException e) {
            LOG.debug("the right to relay was not given back, it lapses", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
