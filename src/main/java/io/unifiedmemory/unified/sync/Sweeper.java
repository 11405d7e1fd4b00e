package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.Tombstones;
import io.unifiedmemory.unified.calls.BackendHandles;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes remembered deletes that are no longer needed: those that are older than the retention and that every backend
 * has confirmed. A backend with a delete still in the outbox has not confirmed it. A backend that is configured but
 * disabled gets no outbox entries and may still hold what was deleted meanwhile, so while there is one, and while the
 * store of record is disabled, all deletes are kept. Thread-safe.
 */
public final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int BATCH = 500;

    private final BackendHandles handles;
    private final Tombstones tombstones;
    private final Duration retention;
    private final Clock clock;

    public Sweeper(BackendHandles handles, Tombstones tombstones, Duration retention, Clock clock) {
        this.handles = handles;
        this.tombstones = tombstones;
        this.retention = retention;
        this.clock = clock;
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
