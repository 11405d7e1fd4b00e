package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.Leases;
import io.unifiedmemory.memory.spi.VectorStore;
import io.unifiedmemory.memory.util.Daemon;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the vectors of memories in the background, in one process at a time for each model: the one that has the lease. It
 * looks every other moment whether any memory waits, whoever wrote it; what a killed process did not finish, another one
 * does. Thread-safe.
 */
public final class MeaningWork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MeaningWork.class);

    /** Before the name of the model: different models do not wait for each other. */
    private static final String LEASE = "vectors ";

    /** Longer than a step. */
    private static final Duration LEASE_LENGTH = Duration.ofMinutes(1);

    private static final Duration LOOK_AFTER_FAILURE = Duration.ofMinutes(1);

    /** While no model is installed, which most never do, an idle process need not be woken as often. */
    private static final int RARELY = 20;

    private final Meaning meaning;
    private final VectorStore store;
    private final Leases leases;
    private final Duration look;
    private final Clock clock = Clock.systemUTC();
    private final String holder = UUID.randomUUID().toString();
    private final CountDownLatch closed = new CountDownLatch(1);
    private Instant used = Instant.MIN;
    private volatile @Nullable String trouble;

    /** @param look how often it looks whether memories wait, once there is a model */
    public MeaningWork(Meaning meaning, VectorStore store, Leases leases, Duration look) {
        this.meaning = meaning;
        this.store = store;
        this.leases = leases;
        this.look = look;
    }

    /** Begins, on a thread of its own. */
    public void start() {
        Daemon.start("vectors", this::run);
    }

    private void run() {
        try {
            Duration pause = look;
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                boolean works = worked();
                pause = !works ? LOOK_AFTER_FAILURE : meaning.isThere() ? look : look.multipliedBy(RARELY);
            }
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread", e);
        }
    }

    /** Does what there is to do; false when that failed. */
    private boolean worked() throws InterruptedException {
        try {
            if (meaning.isThere()) {
                use();
                work();
            }
            trouble = null;
            return true;
        } catch (BackendException e) {
            failed(e.describe());
        } catch (ModelException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.error("vectors of memories are made later, please report it", e);
            trouble = e.toString();
        }
        return false;
    }

    private void failed(String why) {
        if (trouble == null) {
            LOG.warn("vectors of memories are made later: {}", why);
        }
        trouble = why;
    }

    /** Keeps the vectors of a model alive to which no new ones come. */
    private void use() {
        Instant now = clock.instant();
        if (used.isBefore(now.minus(VectorStore.NOTED))) {
            store.use(meaning.model(), now);
            used = now;
        }
    }

    private void work() throws InterruptedException {
        if (store.waiting(meaning.model(), 1).isEmpty()) {
            return;
        }
        try {
            boolean more = true;
            while (more && goesOn() && leases.acquire(LEASE + meaning.model(), holder, LEASE_LENGTH)) {
                // Each time: somebody else may have it forgotten, and what is not in use is never kept.
                store.use(meaning.model(), clock.instant());
                more = MemoryVectors.step(store, meaning.await());
            }
        } finally {
            leases.release(holder);
        }
    }

    private boolean goesOn() {
        return closed.getCount() > 0 && meaning.isThere();
    }

    /** Why vectors are not made now, in one line; null when nothing is the matter. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** Ends after the memories that it is at. */
    @Override
    public void close() {
        closed.countDown();
    }
}
