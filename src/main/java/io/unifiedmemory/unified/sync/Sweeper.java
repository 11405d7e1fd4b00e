package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.Expirations;
import io.unifiedmemory.memory.spi.Expirations.Expiring;
import io.unifiedmemory.memory.spi.History;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.NoBackendException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes memories that have expired, by the same way as any delete, keeps the history within its bounds, and removes
 * remembered deletes that are no longer needed: those that are older than the retention and that every backend has confirmed. A backend with a delete still in
 * the outbox has not confirmed it. A backend that is configured but disabled gets no outbox entries and may still hold
 * what was deleted meanwhile, so while there is one, and while the store of record is disabled, all deletes are kept.
 * Thread-safe.
 */
public final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int BATCH = 500;
    /** More at a time, because whoever looks for them reads the whole history. */
    private static final int REVISIONS = 5_000;

    /** No memory expires later. */
    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999Z");

    private final BackendHandles handles;
    private final Tombstones tombstones;
    private final Duration retention;
    private final Clock clock;
    private final Expirations expirations;
    private final Consumer<Expiring> delete;
    private final History history;

    /**
     * Makes a sweeper.
     *
     * @param delete deletes a memory in every backend, up to its version, so that a newer one stays
     */
    public Sweeper(
            BackendHandles handles, PrimaryStore store, Consumer<Expiring> delete, Duration retention, Clock clock) {
        this.handles = handles;
        expirations = store.expirations();
        this.delete = delete;
        tombstones = store.tombstones();
        history = store.history();
        this.retention = retention;
        this.clock = clock;
    }

    /** When the next memory expires, or has expired; null when none does. */
    @Nullable
    Instant nextExpiry() {
        List<Expiring> first = handles.keeping().isEmpty() ? List.of() : expirations.due(END, 1);
        return first.isEmpty() ? null : first.get(0).expiresAt();
    }

    /**
     * Deletes what has expired. The delete has the version of the memory: whoever stored it anew meanwhile, wherever,
     * keeps what was stored.
     *
     * @param mayGoOn asked before each delete
     * @return how many memories were deleted
     */
    long expire(BooleanSupplier mayGoOn) {
        if (handles.keeping().isEmpty()) {
            return 0;
        }
        long deleted = 0;
        List<Expiring> before;
        List<Expiring> batch = List.of();
        do {
            before = batch;
            batch = expirations.due(clock.instant(), BATCH);
            for (Expiring memory : batch) {
                if (!mayGoOn.getAsBoolean()) {
                    return deleted;
                }
                try {
                    delete.accept(memory);
                } catch (NoBackendException e) {
                    LOG.warn(
                            "a memory that has expired cannot be deleted now, the next run tries again: {}",
                            e.getMessage());
                    return deleted;
                }
                deleted++;
            }
        } while (batch.size() == BATCH && !batch.equals(before));
        if (deleted > 0) {
            LOG.info("{} expired memories deleted", deleted);
        }
        return deleted;
    }

    /**
     * Erases what is in the history for longer than it may be, and what is more than it may hold.
     *
     * @param mayGoOn asked before each step
     */
    void forgetRevisions(BooleanSupplier mayGoOn) {
        int last = REVISIONS;
        while (last == REVISIONS && mayGoOn.getAsBoolean()) {
            last = history.forget(REVISIONS);
        }
        last = REVISIONS;
        while (last == REVISIONS && mayGoOn.getAsBoolean()) {
            last = history.forgetExcess(REVISIONS);
        }
    }

    /**
     * Sweeps once, in small steps, so that writers get their turn in between.
     *
     * @param mayGoOn asked before each step
     * @return how many deletes were removed
     */
    long sweep(BooleanSupplier mayGoOn) {
        if (handles.isKeeperDisabled()) {
            return 0;
        }
        HlcTimestamp before = HlcTimestamp.atMillis(
                Math.max(0, clock.instant().minus(retention).toEpochMilli()));
        long swept = 0;
        int last = BATCH;
        while (last == BATCH && mayGoOn.getAsBoolean()) {
            last = tombstones.forget(before, BATCH);
            swept += last;
        }
        if (swept > 0) {
            LOG.info("{} deletes older than {} days forgotten", swept, retention.toDays());
        }
        return swept;
    }
}
