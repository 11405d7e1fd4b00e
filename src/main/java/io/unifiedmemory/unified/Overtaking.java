package io.unifiedmemory.unified;

import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import java.time.Clock;
import java.util.List;

/**
 * What happens while a store is on its way to a backend that keeps no versions: another thread or process deletes the
 * memory, the backend confirms that first, and then the store arrives and brings the memory back. So after a store was
 * confirmed the local database is asked once more, and a delete that overtook it is owed again.
 */
final class Overtaking {

    private final Slots slots;
    private final FanOut fanOut;
    private final Outbox outbox;
    private final Clock clock;

    Overtaking(Slots slots, FanOut fanOut, Outbox outbox, Clock clock) {
        this.slots = slots;
        this.fanOut = fanOut;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** To be called after a backend confirmed a store; throws {@code BackendException} when the database fails. */
    void check(Slot slot, MemoryEntry stored) {
        Slot local = slots.local().orElse(null);
        if (local == null) {
            return;
        }
        Lookup known = fanOut.ask(local, backend -> backend.retrieve(stored.userId(), stored.key()));
        if (known instanceof Lookup.Deleted deleted && deleted.version().isNewerThan(stored.version())) {
            Owed owed = new Owed(
                    slot.name(),
                    Owed.Operation.DELETE,
                    stored.userId(),
                    stored.key(),
                    deleted.version(),
                    null,
                    null,
                    0,
                    clock.millis());
            outbox.write(List.of(owed), () -> owed);
        }
    }
}
