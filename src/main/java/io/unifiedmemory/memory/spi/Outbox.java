package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.WriteOrder;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The durable list of writes that backends have not yet confirmed, kept in the database file whatever else is. Nothing in
 * it is dropped by age, by count or by a restart: only a confirmation, a newer write of the same, or a person removes it.
 * Thread-safe, and shared by all processes on the file. Every method throws {@link BackendException} when the file fails.
 */
public interface Outbox {

    /**
     * Does a local write and notes what it owes to others, both or neither. What is older of the same backend, user and
     * key is replaced, at a tie by {@link WriteOrder}; a {@link OutboxEntry.Operation#DELETE_ALL} or {@code FORGET_ALL} replaces
     * everything older of its user, and an {@link OutboxEntry.Operation#EXPIRE} turns the stores that it covers into deletes of the
     * same version. A delete that replaces one that forgets does so, too.
     *
     * @param write may be repeated; joins the transaction when it writes to the same file
     * @param owed what the result of the write says is owed
     */
    <T extends @Nullable Object> T write(Supplier<T> write, Function<T, Collection<OutboxEntry>> owed);

    /** Likewise, where what is owed is known before. */
    default <T extends @Nullable Object> T write(Collection<OutboxEntry> owed, Supplier<T> write) {
        return write(write, result -> owed);
    }

    /**
     * Until when a write to the same backend may be under way that {@code next} must not overtake: one of the same memory, or
     * one that covers it or is covered by it. Called within {@link #write} it is part of that transaction.
     *
     * @param own the version of a write that has ended for certain and does not count
     * @return milliseconds since the epoch; 0 when there is none
     */
    long busyUntil(OutboxEntry next, HlcTimestamp own);

    /**
     * Takes what is to be delivered now: until {@code busyMillis} nobody else delivers it, and what would overtake it waits.
     *
     * @return the rest of it, due then: without what was replaced, confirmed or taken by another process meanwhile
     */
    List<OutboxEntry> claim(Collection<OutboxEntry> owed, long nowMillis, long busyMillis);

    /**
     * Removes what a backend has confirmed, and notes the time. Something newer that took its place stays, and is due now
     * when it waited for this.
     */
    void confirm(Collection<OutboxEntry> delivered);

    /**
     * Notes a try in vain.
     *
     * @param dueMillis when to try again, in milliseconds since the epoch
     * @param busyMillis until when the write may arrive all the same; 0 when it cannot
     */
    void postpone(OutboxEntry owed, long dueMillis, long busyMillis, String error);

    /** Makes what was tried in vain due at once, because the backend is back. */
    void hasten(String backend, long nowMillis);

    /** Notes that the backend will never take this write: it stays, as a dead letter, until a person decides. */
    void bury(OutboxEntry owed, String error);

    /**
     * What is due to a backend by {@code nowMillis}, in the order of the versions; dead letters are not. What cannot be
     * read becomes one.
     *
     * @param longestTryMillis how long one try may take; what is due later than that and the pause after its last try was noted
     *     by a clock that has been set back since, and is due now
     */
    List<OutboxEntry> due(String backend, long nowMillis, long longestTryMillis, int limit);

    /** The writes owed to a backend that may concern this memory, dead letters included: its copy may be outdated. */
    List<OutboxEntry> owed(String backend, String userId, String key);

    /** The writes that are owed of a user's memories to anybody, dead letters included; no more than {@code limit}. */
    List<OutboxEntry> owed(String userId, int limit);

    /** Who is owed a write of this user's memories, dead letters included. */
    List<String> owedTo(String userId);

    /**
     * What the writes that are owed say of a memory: the only place that knows it where the local database keeps no
     * memories. A store that carries no text is that of a process which keeps memories in the same file, and is read there.
     */
    Lookup known(String userId, String key);

    /** The newest version of all that is owed to anybody; {@link HlcTimestamp#NONE} when nothing is. */
    HlcTimestamp newest();

    /** How much is owed to a backend. */
    Backlog backlog(String backend);

    /**
     * A page of what is owed to a backend: what is pending before the dead letters, the oldest first.
     *
     * @param after the last letter of the page before; null from the start
     */
    List<Letter> letters(String backend, @Nullable Letter after, int limit);

    /** Every backend to which something is owed, whether or not it is still configured, by name. */
    List<String> backends();

    /** Makes everything due at once that one backend or (null) any is owed, dead letters too; returns how many these were. */
    int retry(@Nullable String backend);

    /** Removes dead letters for good, those of one backend or (null) of all; returns how many. */
    int drop(@Nullable String backend);

    /** Removes all that is owed to a backend, what it might still take too; returns how much. */
    int forget(String backend);

    /**
     * When a backend was last compared with the local database, in milliseconds since the epoch: whatever is older was
     * there then, or was brought there. Null when it never was.
     */
    @Nullable
    Long comparedMillis(String backend);

    /**
     * Notes a comparison that reached its end, and when it began.
     *
     * @param file what {@link #file} was then
     * @return false, and nothing is noted, when the file was replaced meanwhile
     */
    boolean compared(String backend, long startMillis, long file);

    /**
     * Whether the file was put in its place, from a copy or another folder, since it was compared with this backend, or since
     * it was made when it never was. The backend may know better then, and the time of the comparison says nothing of that.
     */
    boolean isPutBack(String backend);

    /**
     * Which file it is of those that this process has found in this place, from 1 on: grows when the file was replaced.
     * Opens it if need be, and costs nothing while it is open.
     */
    long file();

    /** When the file had last been written, about, as it was found when it was opened: milliseconds since the epoch. */
    long usedMillis();

    /**
     * Takes or renews a lease: the right to do something that one process on the file does at a time.
     *
     * @param name what for
     * @param holder names this process, uniquely
     * @param length after which it lapses unless renewed
     * @return whether this process has it now
     */
    boolean lease(String name, String holder, Duration length);

    /** Gives back every lease that this process has. */
    void release(String holder);

    /**
     * How much is owed to one backend.
     *
     * @param pending writes to be delivered
     * @param oldestMillis when the oldest of them was made, in milliseconds since the epoch; null when there is none
     * @param dead writes that the backend will never take
     * @param confirmedMillis when it last confirmed a write, to any process on the file; null when it never did
     */
    record Backlog(
            long pending,
            @Nullable Long oldestMillis,
            long dead,
            @Nullable Long confirmedMillis) {}

    /**
     * One line of the list for a person.
     *
     * @param error why the last try failed; null when there was none
     */
    record Letter(OutboxEntry owed, boolean dead, @Nullable String error) {}
}
