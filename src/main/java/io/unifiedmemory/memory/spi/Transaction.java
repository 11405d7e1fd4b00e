package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.HlcTimestamp;

/**
 * One write transaction of the store of record: what is written through it is on disk as a whole, or not at all. Valid while
 * the work of {@link PrimaryStore#commit} runs, on its thread.
 */
public interface Transaction extends MemoryWriter {

    /** How far the clocks have been, as a part of this transaction. */
    HighWaterMark highWater();

    /**
     * Until when a write to the same backend may be under way that {@code next} must not overtake: one of the same memory, or
     * one that covers it or is covered by it.
     *
     * @param own the timestamp of a write that has ended for certain and does not count
     * @return milliseconds since the epoch; 0 when there is none
     */
    long busyUntil(OutboxEntry next, HlcTimestamp own);

    /**
     * Notes what a backend is owed. What is older of the same backend, user and key is replaced, at a tie by {@code
     * WriteOrder}; a {@link OutboxEntry.Operation#DELETE_ALL} or {@code FORGET_ALL} replaces everything older of its user, and
     * an {@link OutboxEntry.Operation#EXPIRE} turns the stores that it covers into deletes of the same timestamp. A delete that
     * replaces one that forgets does so, too.
     */
    void owe(OutboxEntry entry);
}
