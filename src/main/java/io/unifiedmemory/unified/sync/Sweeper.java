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
 * Throws away remembered deletes that nobody needs any more: older than the retention, and confirmed by everybody. Whom
 * the outbox owes a delete has not confirmed it. A backend that is configured but disabled is owed nothing and may still
 * hold what was deleted meanwhile, so while there is one, and while the local database is disabled, all are kept.
 * Thread-safe.
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
     * @return how many deletes were forgotten
     */
    long sweep(BooleanSupplier mayGoOn) {
        if (handles.enabled().size() < handles.all().size()) {
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
