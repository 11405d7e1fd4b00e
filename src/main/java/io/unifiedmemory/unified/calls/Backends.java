package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.Outbox;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.clock.HybridLogicalClock;
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
public record Backends(BackendHandles slots, FanOut fanOut, Outbox outbox, HybridLogicalClock versions, Clock clock) {

    /** Names the outbox as the source of an answer. */
    public static final String OUTBOX = "outbox";

    private static final int MOST_OWED = 1_000;

    /** The local database, if it is enabled. */
    public Optional<BackendHandle> local() {
        return slots.local();
    }

    /** Every enabled backend but the local database. */
    public List<BackendHandle> others() {
        return slots.others();
    }

    /** Asks one backend, within its timeout. */
    public <T> T ask(BackendHandle slot, Function<MemoryBackend, T> operation) {
        return fanOut.ask(slot, operation);
    }

    /**
     * What is owed of a user's memories before others are asked about them. They may get it while they answer: then neither
     * their answer nor the outbox says so any more. Where the local database keeps memories, it knows; a backlog that is
     * longer takes longer to deliver than an answer to give.
     */
    public List<OutboxEntry> owedBefore(String userId) {
        try {
            return local().isPresent() ? List.of() : outbox.owed(userId, MOST_OWED);
        } catch (BackendException e) {
            return List.of(); // whoever asked looks into the outbox later, too, and says so
        }
    }
}
