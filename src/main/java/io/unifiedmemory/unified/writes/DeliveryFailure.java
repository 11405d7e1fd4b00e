package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Scope;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what happens to an outbox entry that could not be delivered. Stateless. */
public final class DeliveryFailure {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryFailure.class);

    private static final Backoff BETWEEN_TRIES = Backoff.of(Duration.ofSeconds(1), Duration.ofSeconds(256));

    private DeliveryFailure() {}

    /**
     * Notes why a write was not delivered: it is retried later, or becomes a dead letter where a retry can never help.
     */
    public static void settle(Backends backends, BackendHandle handle, OutboxEntry owed, BackendException failure) {
        if (owed.operation().scope() != Scope.KEY && isMadeSingly(backends, handle, failure)) {
            backends.store().outbox().acknowledge(List.of(owed));
        } else if (isRejected(failure)) {
            LOG.warn("{} will not take a write: {}", owed.backend(), failure.describe());
            backends.store().outbox().deadLetter(owed, failure.describe());
        } else {
            // A call that was given up may still arrive, for as long again; any other failed call has ended.
            boolean mayArrive = failure.kind() == Kind.TIMED_OUT && !handle.can(Capability.VERSIONS);
            long busy = mayArrive
                    ? backends.clock().millis() + handle.options().timeout().toMillis()
                    : 0;
            Duration pause = BETWEEN_TRIES.after(owed.attempts() + 1);
            long due = Math.max(busy, backends.clock().millis() + pause.toMillis());
            backends.store().outbox().postpone(owed, due, busy, failure.describe());
        }
    }

    /**
     * Whether a delete of many memories failed because the backend lists nothing. That showed only when it was connected,
     * so it is owed the delete of each of them besides.
     */
    static boolean isMadeSingly(Backends backends, BackendHandle handle, BackendException failure) {
        return failure.kind() == Kind.UNSUPPORTED
                && !handle.can(Capability.LIST)
                && backends.keeping().isPresent();
    }

    /** Whether the backend will never take the write. */
    public static boolean isRejected(BackendException failure) {
        return failure.kind() == Kind.REJECTED || failure.kind() == Kind.UNSUPPORTED;
    }
}
