package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import java.util.Objects;

/**
 * A write that was made elsewhere and is made here together with others of its user. Repeating it changes nothing.
 * Immutable.
 */
public sealed interface BatchWrite {

    String userId();

    String key();

    /** When the write happened, as far as anybody knows. */
    HlcTimestamp version();

    /** What comes of the write where this is held. */
    BatchOutcome against(Lookup held);

    /**
     * Stores a memory.
     *
     * @param entry with its times and its version
     * @param dated whether the version says when the memory was written; otherwise somebody took the time of the batch for
     *     it, and a memory with the same content is the same memory
     * @param conflict what to do where the key is held
     */
    record Store(MemoryEntry entry, boolean dated, OnConflict conflict) implements BatchWrite {

        @Override
        public String userId() {
            return entry.userId();
        }

        @Override
        public String key() {
            return entry.key();
        }

        @Override
        public HlcTimestamp version() {
            return entry.version();
        }

        @Override
        public BatchOutcome against(Lookup held) {
            if (held instanceof Lookup.Found found) {
                return against(found.entry());
            }
            boolean deleted = conflict != OnConflict.OVERWRITE
                    && held instanceof Lookup.Deleted delete
                    && !WriteOrder.outlives(entry, delete.version());
            return deleted ? BatchOutcome.OLDER : BatchOutcome.NEW;
        }

        private BatchOutcome against(MemoryEntry held) {
            boolean byContent = !dated || conflict != OnConflict.NEWEST;
            boolean same = held.hasContentOf(entry) && Objects.equals(held.expiresAt(), entry.expiresAt());
            int order = byContent && same ? 0 : WriteOrder.compare(entry, held);
            if (order == 0) {
                return BatchOutcome.EQUAL;
            }
            return switch (conflict) {
                case NEWEST -> order > 0 ? BatchOutcome.NEWER : BatchOutcome.OLDER;
                case SKIP -> BatchOutcome.SKIPPED;
                case OVERWRITE -> BatchOutcome.NEWER;
            };
        }
    }

    /**
     * Deletes a memory that is not newer than the delete.
     *
     * @param keeps whether a memory stays that is held, however old it is
     */
    record Delete(String userId, String key, HlcTimestamp version, boolean keeps) implements BatchWrite {

        @Override
        public BatchOutcome against(Lookup held) {
            if (held instanceof Lookup.Found found) {
                boolean newer =
                        !found.entry().isForeign() && found.entry().version().isNewerThan(version);
                return newer ? BatchOutcome.OLDER : keeps ? BatchOutcome.SKIPPED : BatchOutcome.NEWER;
            }
            return held instanceof Lookup.Deleted deleted && !version.isNewerThan(deleted.version())
                    ? BatchOutcome.EQUAL
                    : BatchOutcome.NEW;
        }
    }
}
