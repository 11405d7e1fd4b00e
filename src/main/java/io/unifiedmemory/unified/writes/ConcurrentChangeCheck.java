package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import org.jspecify.annotations.Nullable;

/**
 * What happens while a store is on its way to a backend. Another thread or process may delete the memory, a backend that
 * keeps no versions confirms that first, and then the store arrives and brings the memory back; or a newer store does, and the
 * older one replaces it. So after a store was confirmed, or may have arrived, the local database is asked once more, and
 * what overtook the store is owed again. Also the backend may have answered with something newer, which is then kept here.
 */
public final class ConcurrentChangeCheck {

    private final Backends backends;

    public ConcurrentChangeCheck(Backends backends) {
        this.backends = backends;
    }

    /**
     * To be called after a write, before it is struck off.
     *
     * @param answer of the backend; null when it gave none
     * @throws BackendException when the database fails
     */
    public <R> void check(BackendHandle handle, Write<R> write, @Nullable R answer) {
        if (write instanceof Write.Store store) {
            check(handle, store.entry(), answer instanceof Lookup held ? held : Lookup.MISSING);
        }
    }

    private void check(BackendHandle handle, MemoryEntry stored, Lookup answer) {
        BackendHandle local = backends.keeping().orElse(null);
        if (local == null) {
            return;
        }
        Lookup known = backends.ask(local, backend -> backend.retrieve(stored.userId(), stored.key()));
        if (answer instanceof Lookup.Deleted deleted) {
            take(local, stored, known, deleted);
        } else if (answer instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), stored)) {
            backends.versions().observe(found.entry().version());
            backends.ask(local, backend -> backend.store(found.entry()));
        } else if (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(stored, deleted.version())) {
            owe(handle, new Write.Delete(stored.userId(), stored.key(), deleted.version()));
        } else if (known instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), stored)) {
            owe(handle, new Write.Store(found.entry()));
        }
    }

    private void take(BackendHandle local, MemoryEntry stored, Lookup known, Lookup.Deleted deleted) {
        if (!WriteOrder.newest(known, deleted).equals(known)) {
            backends.versions().observe(deleted.version());
            backends.ask(local, backend -> backend.delete(stored.userId(), stored.key(), deleted.version()));
        }
    }

    private void owe(BackendHandle handle, Write<?> write) {
        backends.commit(new Subject(write.userId(), write.key()), tx -> {
            tx.owe(write.owedTo(handle, backends.clock()));
            return write;
        });
    }
}
