package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the outbox, in a thread of its own, to every backend whose breaker is closed. Of the processes on one file one
 * relays at a time; when it dies another takes over after {@link #LEASE}. Delivering twice does no harm, so a
 * confirmation that is lost costs nothing but time.
 */
final class Relay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 8;
    private static final int BATCH = 100;
    private static final String RIGHT = "relay";

    /** How often a backend is compared with the local database though nothing happened to it. */
    private static final Duration RECONCILE_EVERY = Duration.ofHours(6);

    private final Slots slots;
    private final FanOut fanOut;
    private final Outbox outbox;
    private final Reconciler reconciler;
    private final Overtaking overtaking;
    private final Clock clock;
    private final Set<Slot> returned = ConcurrentHashMap.newKeySet();
    private final Map<Slot, Drift> drifts = new ConcurrentHashMap<>();
    /** Not UUID.randomUUID(): its secure random numbers would be a tenth of a start, and nobody has to guess it. */
    private final String holder = new UUID(random(), random()).toString();

    private final Semaphore wakeUps = new Semaphore(0);
    private @Nullable Thread thread;
    private volatile boolean closed;

    Relay(Slots slots, FanOut fanOut, Outbox outbox, Reconciler reconciler, Clock clock) {
        this.slots = slots;
        this.fanOut = fanOut;
        this.outbox = outbox;
        this.reconciler = reconciler;
        this.overtaking = new Overtaking(slots, fanOut, outbox, clock);
        this.clock = clock;
    }

    /** Starts delivering; without any backend to deliver to it does nothing. A second call does nothing. */
    synchronized void start() {
        if (thread == null && !closed && !slots.others().isEmpty()) {
            thread = new Thread(this::run, "relay");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Says that a backend is back: it gets what it is owed, and is compared with what is here. */
    void welcome(Slot slot) {
        returned.add(slot);
        wakeUps.release();
    }

    /** What the last comparison with a backend found, in this process; null before there was one. */
    @Nullable
    Drift drift(Slot slot) {
        return drifts.get(slot);
    }

    private static long random() {
        return ThreadLocalRandom.current().nextLong();
    }

    /** When to try a write again that failed this often, in milliseconds since the epoch. */
    static long retryAt(Clock clock, int attempts) {
        long pause = FIRST_RETRY.toMillis() << Math.min(attempts, MAX_DOUBLINGS);
        return clock.millis() + ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
    }

    private void run() {
        boolean troubled = false;
        while (!closed) {
            try {
                boolean more = deliverBatches() || reconcile();
                troubled = false;
                if (more) {
                    continue;
                }
            } catch (BackendException e) {
                if (!troubled) {
                    LOG.warn("the outbox cannot be read or written: {}", e.describe());
                }
                troubled = true;
            } catch (CancellationException e) {
                LOG.debug("the relay was interrupted", e);
            }
            awaitWakeUp();
        }
    }

    private void awaitWakeUp() {
        try {
            if (wakeUps.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            LOG.debug("the relay ends", e);
        }
    }

    /** One batch for each backend; whether more is due. */
    boolean deliverBatches() {
        boolean more = false;
        for (Slot slot : slots.others()) {
            if (!closed && slot.isAdmitting()) {
                List<Owed> batch = outbox.due(slot.name(), clock.millis(), BATCH);
                if (!batch.isEmpty() && outbox.lease(RIGHT, holder, LEASE)) {
                    deliver(slot, batch);
                    more |= batch.size() == BATCH;
                }
            }
        }
        return more;
    }

    /** Compares one backend that is back, or whose turn it is; whether there was one. */
    private boolean reconcile() {
        for (Slot slot : slots.others()) {
            if (!closed && slot.isAdmitting() && reconciler.applies(slot)) {
                boolean isBack = returned.remove(slot);
                if (outbox.lease("reconcile " + slot.name(), anyone(), RECONCILE_EVERY) || isBack) {
                    compare(slot);
                    return true;
                }
            }
        }
        return false;
    }

    /** A holder that nobody is: a lease in this name cannot be renewed, so the work is done once in its time. */
    private static String anyone() {
        return UUID.randomUUID().toString();
    }

    private void compare(Slot slot) {
        try {
            Drift drift = reconciler.reconcile(slot, false, (user, compared) -> {});
            drifts.put(slot, drift);
            if (!drift.isNone()) {
                LOG.info("{} had drifted: {}", slot.name(), drift);
            }
        } catch (BackendException e) {
            LOG.info("{} could not be compared: {}", slot.name(), e.describe());
        }
    }

    private void deliver(Slot slot, List<Owed> batch) {
        List<Owed> delivered = new ArrayList<>();
        try {
            long renewed = System.nanoTime();
            for (Owed owed : batch) {
                if (closed || !slot.isAdmitting()) {
                    return;
                }
                if (System.nanoTime() - renewed > LEASE.toNanos() / 3) {
                    renewed = System.nanoTime();
                    if (!outbox.lease(RIGHT, holder, LEASE)) {
                        return;
                    }
                }
                if (deliver(slot, owed)) {
                    delivered.add(owed);
                }
            }
        } finally {
            if (!delivered.isEmpty()) {
                outbox.confirm(delivered);
                LOG.debug("{}: {} writes delivered from the outbox", slot.name(), delivered.size());
            }
        }
    }

    private boolean deliver(Slot slot, Owed owed) {
        MemoryEntry entry = owed.operation() == Owed.Operation.STORE ? entry(owed) : null;
        if (owed.operation() == Owed.Operation.STORE && entry == null) {
            return true;
        }
        try {
            fanOut.ask(slot, backend -> apply(backend, owed, entry));
        } catch (BackendException e) {
            settle(outbox, clock, owed, e);
            return false;
        }
        if (entry != null) {
            overtaking.check(slot, entry);
        }
        return true;
    }

    /** Notes why a write was not delivered: it is tried again later, or never where that can never help. */
    static void settle(Outbox outbox, Clock clock, Owed owed, BackendException failure) {
        if (isRejected(failure)) {
            LOG.warn("{} will not take a write: {}", owed.backend(), failure.describe());
            outbox.bury(owed, failure.describe());
        } else {
            outbox.postpone(owed, retryAt(clock, owed.attempts()), failure.describe());
        }
    }

    /** Whether the backend will never take the write. */
    static boolean isRejected(BackendException failure) {
        return failure.kind() == Kind.REJECTED || failure.kind() == Kind.UNSUPPORTED;
    }

    /** What to store: as it is now, which may be newer than when it was noted; null when it is gone again. */
    private @Nullable MemoryEntry entry(Owed owed) {
        Slot local = slots.local().orElse(null);
        if (local == null || owed.entry() != null) {
            return owed.entry();
        }
        Lookup known = fanOut.ask(local, backend -> backend.retrieve(owed.userId(), owed.key()));
        return known instanceof Lookup.Found found ? found.entry() : null;
    }

    private static Object apply(MemoryBackend backend, Owed owed, @Nullable MemoryEntry entry) {
        return switch (owed.operation()) {
            case STORE -> backend.store(Objects.requireNonNull(entry));
            case DELETE -> backend.delete(owed.userId(), owed.key(), owed.version());
            case DELETE_ALL -> backend.deleteAll(owed.userId(), owed.version());
            case EXPIRE -> backend.expire(owed.userId(), Objects.requireNonNull(owed.cutoff()), owed.version());
        };
    }

    /** Stops delivering; what is owed stays. */
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
            outbox.release(holder);
        } catch (BackendException e) {
            LOG.debug("the right to relay was not given back, it lapses", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
