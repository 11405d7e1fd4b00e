package io.unifiedmemory.unified;

import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.unified.sync.Drift;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the memory is.
 *
 * @param backends every configured backend by name, in the order of priority
 * @param problems what else does not work, one line each, by what it is: {@code outbox}, {@code relay}
 * @param orphans how many writes are owed to whom no backend here is called, by that name: it was renamed or removed, or
 *     another process on the file has it
 */
public record Health(
        Status status, Map<String, Backend> backends, Map<String, String> problems, Map<String, Long> orphans) {

    /** All enabled backends and the outbox work, some do, or no backend does. */
    public enum Status {
        OK,
        DEGRADED,
        DOWN
    }

    /**
     * How one backend is.
     *
     * @param up whether it answered just now; false when it is disabled
     * @param misconfigured whether it cannot work until a person changes its configuration
     * @param detail one line for a person
     * @param breaker {@code closed} while calls go through, {@code open} or {@code half_open} while they do not
     * @param latencyMillis how long the answer took; null when there was none
     * @param lastError what went wrong last, even if all is well again; null while nothing has
     * @param lastErrorAt when that was; null while nothing has
     * @param backlog what it is owed; null for the local database, and when the outbox cannot be read
     * @param oldestPending how old the oldest write is that it is owed; null when there is none
     * @param lastConfirmed when it last confirmed a write, to whichever process on the file; null when it never did
     * @param drift what this process found when it last compared the backend with the local database; null before that
     */
    public record Backend(
            String type,
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
