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
 * Finds changes that happen while a store is in flight to a backend. Another thread or process may delete or replace
 * the memory meanwhile, and a backend without versions may apply the two in the wrong order. So after a store was
 * confirmed, or may have arrived, the store of record is asked once more, and a newer change is put into the outbox
 * again. If the backend answered with something newer, that is stored here.
 */
public final class ConcurrentChangeCheck {

    private final Backends backends;

    public ConcurrentChangeCheck(Backends backends) {
        this.backends = backends;
    }

    /**
     * Checks one write. Call this before the write's outbox entry is acknowledged.
     *
     * @param answer the answer of the backend; null when it gave none
     * @throws BackendException when the store of record fails
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
