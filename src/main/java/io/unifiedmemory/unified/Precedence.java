package io.unifiedmemory.unified;

import io.unifiedmemory.memory.MemoryEntry;
import java.time.Instant;
import java.util.Comparator;

/**
 * Which of two copies of one memory counts: the newer version; among entries without one the later time, no time being
 * the earliest. Two equal copies are settled by the priority of their backends, so whoever compares asks in that order
 * and lets only a strictly newer copy replace the one in hand.
 */
final class Precedence {

    private static final Comparator<MemoryEntry> BY_AGE =
            Comparator.comparing(MemoryEntry::version).thenComparing(Precedence::time);

    private Precedence() {}

    static boolean isNewer(MemoryEntry candidate, MemoryEntry held) {
        return BY_AGE.compare(candidate, held) > 0;
    }

    /** When the entry was last stored; the distant past when nobody knows. */
    static Instant time(MemoryEntry entry) {
        return entry.updatedAt() == null ? Instant.MIN : entry.updatedAt();
    }
}
