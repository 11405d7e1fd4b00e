package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Revision;
import java.util.List;
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
     * Takes over revisions of one key that another store kept, behind those that are here, under numbers of their own. A
     * revision is passed over when it is not newer, by {@code WriteOrder}, than each that the key has: so repeating this
     * changes nothing. It is passed over, too, when it is older than the retention; one that ends in the future ends now. The
     * bounds of the history hold.
     *
     * @param revisions one or more of one key, the oldest first
     * @return how many were taken
     */
    int keep(List<Revision> revisions);

    /**
     * Adds an outbox entry: a write that a backend has to confirm. The entry replaces older ones of the same backend,
     * user and key, at a tie by {@code WriteOrder}; a {@link OutboxEntry.Operation#DELETE_ALL} or {@code FORGET_ALL}
     * replaces all older entries of its user, and an {@link OutboxEntry.Operation#EXPIRE} turns the stores that it
     * covers into deletes of the same timestamp. A delete that replaces a {@code FORGET} becomes one, too, and whatever replaces an entry that erases
     * history erases it.
     */
    void owe(OutboxEntry entry);
}
