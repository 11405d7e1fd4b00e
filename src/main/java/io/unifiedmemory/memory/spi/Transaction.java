package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Revision;
import org.jspecify.annotations.Nullable;

/**
 * One write transaction of the store of record: everything written through it reaches the disk, or nothing does. Valid
 * while the work of {@link PrimaryStore#commit} runs, on its thread.
 */
public interface Transaction extends MemoryWriter {

    /** The furthest readings of the clocks, read and changed in this transaction. */
    HighWaterMark highWater();

    /**
     * Until when a write to the same backend may be under way that {@code next} must not overtake: one of the same
     * memory, or one that covers it or is covered by it.
     *
     * @param own the timestamp of a write that has certainly ended, which does not count
     * @return milliseconds since the epoch; 0 when there is none
     */
    long busyUntil(OutboxEntry next, HlcTimestamp own);

    /** A revision, as {@link History#find} finds it; one that another transaction has erased by now is not there. */
    @Nullable
    Revision revision(String userId, String key, int number);

    /**
     * Adds an outbox entry: a write that a backend has to confirm. The entry replaces older ones of the same backend,
     * user and key, at a tie by {@code WriteOrder}; a {@link OutboxEntry.Operation#DELETE_ALL} or {@code FORGET_ALL}
     * replaces all older entries of its user, and an {@link OutboxEntry.Operation#EXPIRE} turns the stores that it
     * covers into deletes of the same timestamp. A delete that replaces a {@code FORGET} becomes one, too, and whatever replaces an entry that erases
     * history erases it.
     */
    void owe(OutboxEntry entry);
}
