package io.unifiedmemory.unified;

import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.unified.sync.Drift;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The health of the memory.
 *
 * @param backends every configured backend by name, in the order of priority
 * @param problems what else does not work, one line each, by component: {@code outbox}, {@code relay}, {@code
 *     meaning}
 * @param orphans the number of pending writes by backend name, for names that are not configured here: the backend was
 *     renamed or removed, or another process on the database has it
 */
public record Health(
        Status status, Map<String, Backend> backends, Map<String, String> problems, Map<String, Long> orphans) {

    /** OK: all enabled backends and the outbox work. DEGRADED: some do. DOWN: no backend does. */
    public enum Status {
        OK,
        DEGRADED,
        DOWN
    }

    /** The part of a backend in the memory. */
    public enum Role {
        /** The store of record. */
        STORE,
        /** It keeps what the store of record has. */
        MIRROR,
        /** It is only searched and listed. */
        SOURCE
    }

    /**
     * The health of one backend.
     *
     * @param up whether it answered just now; false when it is disabled
     * @param misconfigured whether it cannot work until a person changes its configuration
     * @param detail one line for a person
     * @param breaker {@code closed} while calls are admitted, {@code open} or {@code half_open} while they are refused
     * @param latencyMillis how long the answer took; null when there was none
     * @param lastError the last failure, even if all is well again; null while there was none
     * @param lastErrorAt when that failure happened; null while there was none
     * @param backlog its pending writes; null for the store of record and for sources, and when the outbox cannot be read
     * @param oldestPending the age of its oldest pending write; null when there is none
     * @param lastConfirmed when it last confirmed a write, to any process on the database; null when it never did
     * @param drift what this process found when it last compared the backend with the store of record; null before that
     */
    public record Backend(
            String type,
            Role role,
            boolean enabled,
            int priority,
            boolean up,
            boolean misconfigured,
            String detail,
            String breaker,
            @Nullable Double latencyMillis,
            @Nullable String lastError,
            @Nullable Instant lastErrorAt,
            OutboxAdmin.@Nullable Backlog backlog,
            @Nullable Duration oldestPending,
            @Nullable Instant lastConfirmed,
            @Nullable Drift drift) {}
}
