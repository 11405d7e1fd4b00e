package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A write that one backend has not yet confirmed. Immutable.
 *
 * @param backend to whom it is owed, by name
 * @param operation what kind of write
 * @param userId whose memories it changes
 * @param key which memory; empty where the operation concerns all of the user's
 * @param version of the write
 * @param entry the memory to store where the local database does not keep it; null otherwise
 * @param cutoff of an {@link Operation#EXPIRE}; null otherwise
 * @param attempts how often it was tried in vain, 0 or more
 * @param dueMillis when it may be tried, in milliseconds since the epoch: while whoever wrote it still tries itself, the
 *     relay keeps off
 */
public record OutboxEntry(
        String backend,
        Operation operation,
        String userId,
        String key,
        HlcTimestamp version,
        @Nullable MemoryEntry entry,
        @Nullable Instant cutoff,
        int attempts,
        long dueMillis) {

    /** The same at another time. */
    public OutboxEntry dueAt(long millis) {
        return new OutboxEntry(backend, operation, userId, key, version, entry, cutoff, attempts, millis);
    }

    /** Kinds of writes. What is owed of one scope, and of one key within it, the newest replaces. */
    public enum Operation {
        STORE(Scope.KEY),
        DELETE(Scope.KEY),
        /** A delete that was asked for here: also of what another program keeps under the key. */
        FORGET(Scope.KEY),
        DELETE_ALL(Scope.USER),
        /** The same of everything. */
        FORGET_ALL(Scope.USER),
        EXPIRE(Scope.AGE);

        private final Scope scope;

        Operation(Scope scope) {
            this.scope = scope;
        }

        /** What a write of this kind is about. */
        public Scope scope() {
            return scope;
        }

        /** Whether it also takes away what other programs wrote. */
        public boolean forgets() {
            return this == FORGET || this == FORGET_ALL;
        }
    }

    /** What a write is about. */
    public enum Scope {
        /** One key. */
        KEY,
        /** Everything of a user. */
        USER,
        /** What is old of a user. */
        AGE
    }
}
