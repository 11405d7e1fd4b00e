package io.unifiedmemory.store.postgres.index;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Pause;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indexes in the background what this instance wrote, some at a time: the more at once, the less each costs. What an
 * instance leaves behind that ended before it came to it, the others take up, one of them at a time. Searches do not
 * depend on it. Thread-safe.
 */
public final class SegmentIndexer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexer.class);

    /** How long writes gather before they are indexed. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

    /** How often somebody looks for what others left behind. */
    private static final Duration LOOK = Duration.ofSeconds(15);

    /** How long the end of the program waits for a step to end. */
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(2);

    private static final int MOST_LEFT_BEHIND = 100;

    private final SegmentWork work;
    private final Leases leases;
    private final Set<UUID> behind = new LinkedHashSet<>();
    private final Semaphore wake = new Semaphore(0);
    private @Nullable Thread thread;
    private boolean closed;

    /** @param leases say who looks for what others left behind */
    public SegmentIndexer(SegmentWork work, Leases leases) {
        this.work = work;
        this.leases = leases;
    }

    /** Memories of a user were written. Does not wait. */
    public synchronized void written(UUID owner) {
        if (behind.add(owner)) {
            start();
            wake.release();
        }
    }

    private void start() {
        if (thread == null && !closed) {
            thread = Daemon.start("search-index", this::run);
        }
    }

    private void run() {
        while (awaitWork() && Pause.of(GATHER)) {
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
            if (wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
            return !isClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void takeUp() {
        Set<UUID> owners = owners();
        if (owners.isEmpty() && leases.isDue("index", LOOK)) {
            owners.addAll(work.behind(MOST_LEFT_BEHIND));
        }
        for (UUID owner : owners) {
            boolean done = false;
            try {
                work.catchUp(owner);
                done = true;
            } finally {
                if (!done) {
                    written(owner);
                }
            }
        }
    }

    private synchronized Set<UUID> owners() {
        Set<UUID> owners = new LinkedHashSet<>(behind);
        behind.clear();
        return owners;
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
