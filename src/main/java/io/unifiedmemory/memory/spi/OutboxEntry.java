package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A write that one backend has not yet confirmed. Immutable.
 *
 * @param backend the name of the backend that has to confirm it
 * @param operation the kind of write
 * @param userId the user whose memories it changes
 * @param key the key of the memory; empty where the operation concerns all memories of the user
 * @param version the version of the write
 * @param entry the memory to store, where the store of record does not keep it; null otherwise
 * @param cutoff the cutoff of an {@link Operation#EXPIRE}; null otherwise
 * @param attempts how many tries have failed, 0 or more
 * @param permanently whether the write also erases what the backend keeps of what was there before: a permanent delete, or
 *     what has taken the place of one that was not confirmed
 * @param dueMillis when it may be tried, in milliseconds since the epoch. The relay leaves it alone before that,
 *     because the writer itself may still be trying
 */
public record OutboxEntry(
        String backend,
        Operation operation,
        String userId,
        String key,
        HlcTimestamp version,
        @Nullable MemoryEntry entry,
        @Nullable Instant cutoff,
        boolean permanently,
        int attempts,
        long dueMillis) {

    /** An entry that erases no history. */
    public OutboxEntry(
            String backend,
            Operation operation,
            String userId,
            String key,
            HlcTimestamp version,
            @Nullable MemoryEntry entry,
            @Nullable Instant cutoff,
            int attempts,
            long dueMillis) {
        this(backend, operation, userId, key, version, entry, cutoff, false, attempts, dueMillis);
    }

    /** The same entry, due at another time. */
    public OutboxEntry dueAt(long millis) {
        return new OutboxEntry(backend, operation, userId, key, version, entry, cutoff, permanently, attempts, millis);
    }

    /** Whether this cleanup deletes a memory; false for other kinds of writes. */
    public boolean expires(MemoryEntry memory) {
        return cutoff != null
                && memory.updatedAt() != null
                && memory.updatedAt().isBefore(cutoff)
                && !memory.version().isNewerThan(version);
    }

    /**
     * Kinds of writes. An entry replaces older ones of the same backend and scope, and of the same key within the
     * scope.
     */
    public enum Operation {
        STORE(Scope.KEY),
        DELETE(Scope.KEY),
        /** A delete that was requested on this server, which also removes what another program keeps under the key. */
        FORGET(Scope.KEY),
        DELETE_ALL(Scope.USER),
        /** The same for all memories of the user. */
        FORGET_ALL(Scope.USER),
        EXPIRE(Scope.AGE);

        private final Scope scope;

        Operation(Scope scope) {
            this.scope = scope;
        }

        /** What a write of this kind concerns. */
        public Scope scope() {
            return scope;
        }

        /** Whether the write also removes what other programs wrote. */
        public boolean forgets() {
            return this == FORGET || this == FORGET_ALL;
        }
    }

    /** What a write concerns. */
    public enum Scope {
        /** One key. */
        KEY,
        /** All memories of a user. */
        USER,
        /** The old memories of a user. */
        AGE
    }
}
