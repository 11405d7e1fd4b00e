package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indexes in the background what this instance wrote, some at a time: the more at once, the less each costs, and a search
 * reads a few that are pending by itself. What an instance leaves behind that ended before it came to it, the others
 * take up, one of them at a time. Searches do not depend on it. Thread-safe.
 */
public final class SegmentIndexer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexer.class);

    /** Writes of a user after which they are indexed without more delay. */
    private static final int ENOUGH = 64;

    /** How long fewer writes gather before they are indexed. */
    private static final Duration GATHER = Duration.ofSeconds(2);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

    /** How often somebody looks for what others left behind. */
    private static final Duration LOOK = Duration.ofSeconds(15);

    /** How long the end of the program waits for a step to end. */
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(2);

    private static final int MOST_LEFT_BEHIND = 100;

    private final SegmentWork work;
    private final Leases leases;
    /** Users with writes that were not indexed yet, in the order in which the first of these came. */
    private final Map<UUID, Unindexed> behind = new LinkedHashMap<>();

    private final Semaphore wake = new Semaphore(0);
    private @Nullable Thread thread;
    private boolean closed;

    /**
     * Writes of a user.
     *
     * @param sinceNanos when the first of them came, as of {@link System#nanoTime}
     */
    private record Unindexed(int writes, long sinceNanos) {}

    /** @param leases say who looks for what others left behind */
    public SegmentIndexer(SegmentWork work, Leases leases) {
        this.work = work;
        this.leases = leases;
    }

    /** A memory of a user was written. Does not wait. */
    public synchronized void written(UUID owner) {
        Unindexed before = behind.get(owner);
        int writes = before == null ? 1 : before.writes + 1;
        behind.put(owner, new Unindexed(writes, before == null ? System.nanoTime() : before.sinceNanos));
        start();
        if (writes == ENOUGH || behind.size() == 1) {
            wake.release();
        }
    }

    private void start() {
        if (thread == null && !closed) {
            thread = Daemon.start("search-index", this::run);
        }
    }

    private void run() {
        while (awaitWork()) {
            try {
                takeUp();
            } catch (BackendException e) {
                LOG.debug("the search index stays behind for now: {}", e.describe());
                Pause.of(PAUSE_AFTER_FAILURE);
            } catch (RuntimeException e) {
                LOG.warn("the search index stays behind for now, please report this", e);
                Pause.of(PAUSE_AFTER_FAILURE);
            }
        }
    }

    /** Returns false when there will be no more work. */
    private boolean awaitWork() {
        try {
            if (wake.tryAcquire(pauseNanos(), TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
            return !isClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How long nothing is due, as far as is known now. */
    private synchronized long pauseNanos() {
        return behind.isEmpty()
                ? LOOK.toNanos()
                : behind.values().iterator().next().sinceNanos + GATHER.toNanos() - System.nanoTime();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void takeUp() {
        List<UUID> owners = due();
        for (int i = 0; i < owners.size(); i++) {
            boolean done = false;
            try {
                work.catchUp(owners.get(i));
                done = true;
            } finally {
                if (!done) {
                    owners.subList(i, owners.size()).forEach(this::written);
                }
            }
        }
    }

    /** The users to index now, who are taken from the list. */
    private List<UUID> due() {
        List<UUID> owners = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            behind.forEach((owner, unindexed) -> {
                if (unindexed.writes >= ENOUGH || now - unindexed.sinceNanos >= GATHER.toNanos()) {
                    owners.add(owner);
                }
            });
            owners.forEach(behind::remove);
            if (!owners.isEmpty() || !behind.isEmpty()) {
                return owners;
            }
        }
        return leases.isDue("index", LOOK) ? work.behind(MOST_LEFT_BEHIND) : List.of();
    }

    /** Ends the work; what is left others take up. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
            thread = null;
        }
        if (running != null) {
            running.interrupt();
            try {
                running.join(PATIENCE_AT_END.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
