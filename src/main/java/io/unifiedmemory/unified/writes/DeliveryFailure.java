package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of an outbox entry that could not be delivered. Stateless. */
public final class DeliveryFailure {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryFailure.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 8;

    private DeliveryFailure() {}

    /** Notes why a write was not delivered: it is tried again later, or never where that can never help. */
    public static void settle(Backends backends, BackendHandle slot, OutboxEntry owed, BackendException failure) {
        if (isRejected(failure)) {
            LOG.warn("{} will not take a write: {}", owed.backend(), failure.describe());
            backends.store().outbox().deadLetter(owed, failure.describe());
        } else {
            // What was given up may arrive all the same, for as long again; what failed otherwise has ended.
            boolean mayArrive = failure.kind() == Kind.TIMED_OUT && !slot.can(Capability.VERSIONS);
            long busy = mayArrive
                    ? backends.clock().millis() + slot.options().timeout().toMillis()
                    : 0;
            long due = Math.max(busy, retryAt(backends.clock(), owed.attempts()));
            backends.store().outbox().postpone(owed, due, busy, failure.describe());
        }
    }

    /** Whether the backend will never take the write. */
    public static boolean isRejected(BackendException failure) {
        return failure.kind() == Kind.REJECTED || failure.kind() == Kind.UNSUPPORTED;
    }

    /** When to try a write again that failed this often, in milliseconds since the epoch. */
    private static long retryAt(Clock clock, int attempts) {
        long pause = FIRST_RETRY.toMillis() << Math.min(attempts, MAX_DOUBLINGS);
        return clock.millis() + ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
    }
}
