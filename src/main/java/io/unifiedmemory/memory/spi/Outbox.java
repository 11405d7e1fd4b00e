package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.util.Collection;
import java.util.List;

/**
 * The durable list of writes that backends have not yet confirmed, as its deliverer uses it. No entry is removed
 * because of its age, the number of entries or a restart: only a confirmation, a newer write of the same memory, or a
 * person removes one. {@link Transaction#owe} adds entries. Thread-safe, and shared by all processes on the store.
 * Every method throws {@link BackendException} when the store fails.
 */
public interface Outbox {

    /**
     * The entries of a backend that are due by {@code nowMillis}, in the order of their timestamps, without dead
     * letters. An entry that cannot be read becomes a dead letter.
     *
     * @param longestTryMillis how long one try may take. An entry that is due later than this and the pause after its
     *     last try allow was postponed by a clock that has been set back since, and is due now
     */
    List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit);

    /**
     * Claims entries for delivery: until {@code busyMillis} no other process delivers them, and writes that would
     * overtake them wait.
     *
     * @return the claimed entries, due then; without those that were replaced, confirmed or claimed by another process
     *     meanwhile
     */
    List<OutboxEntry> claim(Collection<OutboxEntry> entries, long nowMillis, long busyMillis);

    /**
     * Removes entries that a backend has confirmed, and notes the time. A newer entry that has replaced one of them
     * stays, and is due now if it waited for this confirmation. So does one that has to erase history, unless the confirmed
     * entry says that it did.
     */
    void acknowledge(Collection<OutboxEntry> delivered);

    /**
     * Notes a failed try.
     *
     * @param dueMillis when to try again, in milliseconds since the epoch
     * @param busyMillis until when the write may arrive despite the failure; 0 when it cannot
     */
    void postpone(OutboxEntry entry, long dueMillis, long busyMillis, String error);

    /** Makes entries whose last try failed due at once, because the backend is back. */
    void expedite(String backend, long nowMillis);

    /**
     * Turns an entry that the backend will never take into a dead letter, which stays until a person decides about it.
     */
    void deadLetter(OutboxEntry entry, String error);
}
