package io.unifiedmemory.unified;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import java.time.Instant;

/** Which of two copies of one memory counts, by {@link WriteOrder}, and when it was stored. */
final class Precedence {

    private Precedence() {}

    static boolean isNewer(MemoryEntry candidate, MemoryEntry held) {
        return WriteOrder.isNewer(candidate, held);
    }

    /** When the entry was last stored; the distant past when nobody knows. */
    static Instant time(MemoryEntry entry) {
        return entry.updatedAt() == null ? Instant.MIN : entry.updatedAt();
    }
}
