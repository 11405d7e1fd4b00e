package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The backends and what reading and writing them takes: how they are asked, what they are owed, and what stamps the
 * writes. Thread-safe.
 *
 * @param clock the wall clock
 */
record Backends(Slots slots, FanOut fanOut, Outbox outbox, VersionClock versions, Clock clock) {

    private static final int MOST_OWED = 1_000;

    /** The local database, if it is enabled. */
    Optional<Slot> local() {
        return slots.local();
    }

    /** Every enabled backend but the local database. */
    List<Slot> others() {
        return slots.others();
    }

    /** Asks one backend, within its timeout. */
    <T> T ask(Slot slot, Function<MemoryBackend, T> operation) {
        return fanOut.ask(slot, operation);
    }

    /**
     * What is owed of a user's memories before others are asked about them. They may get it while they answer: then neither
     * their answer nor the outbox says so any more. Where the local database keeps memories, it knows; a backlog that is
     * longer takes longer to deliver than an answer to give.
     */
    List<Owed> owedBefore(String userId) {
        try {
            return local().isPresent() ? List.of() : outbox.owed(userId, MOST_OWED);
        } catch (BackendException e) {
            return List.of(); // whoever asked looks into the outbox later, too, and says so
        }
    }

    /** What a backend is owed, from now on, of a write that the local database keeps. */
    Owed owed(Slot slot, Write<?> write) {
        return write.owedTo(slot.name(), true, clock.millis());
    }
}
