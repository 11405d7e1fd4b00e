package io.unifiedmemory.memory;

/**
 * What a delete did in one backend.
 *
 * @param count how many memories it removed, 0 or more
 * @param survivor the newest version among the memories that the delete named and that the backend still holds because
 *     they are newer than the delete; {@link HlcTimestamp#NONE} when none survived
 * @param spared whether the backend shows this user what another program keeps under the name of the delete, and left
 *     it there
 * @param kept how many of the removed memories its history keeps, newest first as far as they fit; 0 where there is none
 */
public record Removal(long count, HlcTimestamp survivor, boolean spared, long kept) {

    /** A removal of which no history keeps anything. */
    public Removal(long count, HlcTimestamp survivor, boolean spared) {
        this(count, survivor, spared, 0);
    }

    /** A removal that spared nothing of another program. */
    public Removal(long count, HlcTimestamp survivor) {
        this(count, survivor, false);
    }
}
