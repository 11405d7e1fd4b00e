package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Outbox;
import io.unifiedmemory.memory.Owed;
import io.unifiedmemory.memory.Owed.Operation;
import io.unifiedmemory.memory.Version;
import io.unifiedmemory.memory.WriteOrder;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens while a store is on its way to a backend. Another thread or process may delete the memory, a backend that
 * keeps no versions confirms that first, and then the store arrives and brings the memory back; or a newer store does, and the
 * older one replaces it. So after a store was confirmed, or may have arrived, the local database is asked once more, and
 * what overtook the store is owed again. Also the backend may have answered with something newer, which is then kept here.
 */
final class Overtaking {

    private final Slots slots;
    private final FanOut fanOut;
    private final Outbox outbox;
    private final VersionClock versions;
    private final Clock clock;

    Overtaking(Slots slots, FanOut fanOut, Outbox outbox, VersionClock versions, Clock clock) {
        this.slots = slots;
        this.fanOut = fanOut;
        this.outbox = outbox;
        this.versions = versions;
        this.clock = clock;
    }

    /**
     * To be called after a write, before it is struck off.
     *
     * @param answer of the backend; null when it gave none
     * @throws BackendException when the database fails
     */
    <R> void check(Slot slot, Write<R> write, @Nullable R answer) {
        if (write instanceof Write.Store store) {
            check(slot, store.entry(), answer instanceof Lookup held ? held : Lookup.MISSING);
        }
    }

    private void check(Slot slot, MemoryEntry stored, Lookup answer) {
        Slot local = slots.local().orElse(null);
        if (local == null) {
            return;
        }
        Lookup known = fanOut.ask(local, backend -> backend.retrieve(stored.userId(), stored.key()));
        if (answer instanceof Lookup.Deleted deleted) {
            take(local, stored, known, deleted);
        } else if (answer instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), stored)) {
            versions.observe(found.entry().version());
            fanOut.ask(local, backend -> backend.store(found.entry()));
        } else if (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(stored, deleted.version())) {
            owe(slot, Operation.DELETE, stored, deleted.version());
        } else if (known instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), stored)) {
            owe(slot, Operation.STORE, stored, found.entry().version());
        }
    }

    private void take(Slot local, MemoryEntry stored, Lookup known, Lookup.Deleted deleted) {
        if (!WriteOrder.newest(known, deleted).equals(known)) {
            versions.observe(deleted.version());
            fanOut.ask(local, backend -> backend.delete(stored.userId(), stored.key(), deleted.version()));
        }
    }

    private void owe(Slot slot, Operation operation, MemoryEntry of, Version version) {
        Owed owed = new Owed(slot.name(), operation, of.userId(), of.key(), version, null, null, 0, clock.millis());
        outbox.write(List.of(owed), () -> owed);
    }
}
