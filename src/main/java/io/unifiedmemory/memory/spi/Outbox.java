package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.util.Collection;
import java.util.List;

/**
 * The durable list of writes that backends have not yet confirmed, for whoever delivers it. Nothing in it is removed by age,
 * by count or by a restart: only a confirmation, a newer write of the same, or a person removes it. Entries come in by
 * {@link Transaction#owe}. Thread-safe, and shared by all processes on the store. Every method throws {@link BackendException}
 * when the store fails.
 */
public interface Outbox {

    /**
     * What is due to a backend by {@code nowMillis}, in the order of the timestamps; dead letters are not. What cannot be
     * read becomes one.
     *
     * @param longestTryMillis how long one try may take; what is due later than that and the pause after its last try was noted
     *     by a clock that has been set back since, and is due now
     */
    List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit);

    /**
     * Takes what is to be delivered now: until {@code busyMillis} nobody else delivers it, and what would overtake it waits.
     *
     * @return the rest of it, due then: without what was replaced, confirmed or taken by another process meanwhile
     */
    List<OutboxEntry> claim(Collection<OutboxEntry> entries, long nowMillis, long busyMillis);

    /**
     * Removes what a backend has confirmed, and notes the time. Something newer that took its place stays, and is due now
     * when it waited for this.
     */
    void acknowledge(Collection<OutboxEntry> delivered);

    /**
     * Notes a try in vain.
     *
     * @param dueMillis when to try again, in milliseconds since the epoch
     * @param busyMillis until when the write may arrive all the same; 0 when it cannot
     */
    void postpone(OutboxEntry entry, long dueMillis, long busyMillis, String error);

    /** Makes what was tried in vain due at once, because the backend is back. */
    void expedite(String backend, long nowMillis);

    /** Notes that the backend will never take this write: it stays, as a dead letter, until a person decides. */
    void deadLetter(OutboxEntry entry, String error);
}
