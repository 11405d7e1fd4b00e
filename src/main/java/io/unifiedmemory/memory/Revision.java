package io.unifiedmemory.memory;

import java.time.Instant;

/**
 * What a key held before. Immutable.
 *
 * @param number counts up with the revisions of the key, from 1; begins anew when none of them is left
 * @param entry the memory as it was, with its times, its version and who wrote it
 * @param endedAt when it ceased to be the memory of the key here, to the millisecond
 * @param how what ended it
 */
public record Revision(int number, MemoryEntry entry, Instant endedAt, How how) {

    /** What ended a revision. */
    public enum How {
        /** A write of another text or other metadata. */
        REPLACED,
        /** A delete, whoever asked for it. */
        DELETED,
        /** A delete after the memory had expired. */
        EXPIRED
    }

    /** Where it stands among the revisions of its user. */
    public Position position() {
        return new Position(endedAt, entry.key(), number);
    }

    /**
     * The place of a revision in the order in which revisions are listed: that of their end, latest first.
     *
     * @param number that of the revision, which alone counts among those of one key
     */
    public record Position(Instant endedAt, String key, int number) {}
}
