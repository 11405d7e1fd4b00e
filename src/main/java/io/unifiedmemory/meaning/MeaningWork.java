package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.util.Daemon;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the vectors of memories in the background, in one process at a time: the one that has the lease. It looks each
 * second whether any memory waits, whoever wrote it; what a killed process did not finish, another one does. Thread-safe.
 */
public final class MeaningWork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MeaningWork.class);

    private static final String LEASE = "vectors";

    /** Longer than a step. */
    private static final Duration LEASE_LENGTH = Duration.ofMinutes(1);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration LOOK_AFTER_FAILURE = Duration.ofMinutes(1);

    private final Meaning meaning;
    private final VectorStore store;
    private final Leases leases;
    private final String holder = UUID.randomUUID().toString();
    private final CountDownLatch closed = new CountDownLatch(1);

    public MeaningWork(Meaning meaning, VectorStore store, Leases leases) {
        this.meaning = meaning;
        this.store = store;
        this.leases = leases;
    }

    /** Begins, on a thread of its own. */
    public void start() {
        Daemon.start("vectors", this::run);
    }

    private void run() {
        Duration pause = LOOK;
        while (!isClosedWithin(pause)) {
            try {
                pause = LOOK;
                if (meaning.isThere() && !store.waiting(meaning.model(), 1).isEmpty()) {
                    work();
                }
            } catch (BackendException e) {
                pause = LOOK_AFTER_FAILURE;
                LOG.warn("vectors of memories are made later: {}", e.describe());
            } catch (ModelException e) {
                pause = LOOK_AFTER_FAILURE;
                LOG.warn("vectors of memories are made later: {}", e.getMessage());
            } catch (RuntimeException e) {
                pause = LOOK_AFTER_FAILURE;
                LOG.error("vectors of memories are made later, please report it", e);
            }
        }
    }

    private boolean isClosedWithin(Duration pause) {
        try {
            return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread", e);
            return true;
        }
    }

    private void work() {
        try {
            boolean more = true;
            while (more && closed.getCount() > 0 && leases.acquire(LEASE, holder, LEASE_LENGTH)) {
                more = MemoryVectors.step(store, meaning.await());
            }
        } finally {
            leases.release(holder);
        }
    }

    /** Ends after the memories that it is at. */
    @Override
    public void close() {
        closed.countDown();
    }
}
