package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.Backends;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds changes that happen while a store is in flight to a backend. If the backend answers with something newer, that is
 * stored here, and owed to the other backends. Another thread or process may also delete or replace the memory
 * meanwhile, and a backend without versions may apply the two in the wrong order. So after such a backend has confirmed a
 * store, or it may have arrived, the store of record is asked once more, and a newer change is put into the outbox again.
 * Thread-safe.
 */
public final class ConcurrentChangeCheck {

    /** How much text is read at once. */
    private static final long MAX_CHARS = 1 << 20;

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
            checkAll(handle, List.of(store), answer instanceof Lookup held ? List.of(held) : null);
        }
    }

    /**
     * Checks stores of different keys, as {@link #check} does.
     *
     * @param answers those of the backend, one for each; null when it gave none
     */
    public void checkAll(BackendHandle handle, List<Write.Store> stores, @Nullable List<Lookup> answers) {
        BackendHandle local = backends.keeping().orElse(null);
        if (local == null) {
            return;
        }
        List<Stored> open = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            Stored stored = new Stored(stores.get(i).entry(), answers == null ? Lookup.MISSING : answers.get(i));
            // What was written meanwhile has an outbox entry of its own. A backend with versions knows which is newer.
            if (stored.isOutdone() || !handle.can(Capability.VERSIONS)) {
                open.add(stored);
            }
        }
        List<Subject> memories = open.stream()
                .map(one -> new Subject(one.entry.userId(), one.entry.key()))
                .toList();
        for (int checked = 0; checked < open.size(); ) {
            for (Lookup known : backends.known(local, memories.subList(checked, memories.size()), MAX_CHARS)) {
                check(handle, local, open.get(checked).entry, open.get(checked).answer, known);
                checked++;
            }
        }
    }

    /** A store, and what the backend said that it holds now. */
    private record Stored(MemoryEntry entry, Lookup answer) {

        boolean isOutdone() {
            return answer instanceof Lookup.Deleted
                    || (answer instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), entry));
        }
    }

    private void check(BackendHandle handle, BackendHandle local, MemoryEntry stored, Lookup answer, Lookup known) {
        if (answer instanceof Lookup.Deleted deleted) {
            if (!WriteOrder.newest(known, deleted).equals(known)) {
                backends.versions().observe(deleted.version());
                backends.ask(local, backend -> backend.delete(stored.userId(), stored.key(), deleted.version()));
            }
            oweToOthers(handle, new Write.Delete(stored.userId(), stored.key(), deleted.version()));
        } else if (answer instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), stored)) {
            backends.versions().observe(found.entry().version());
            backends.ask(local, backend -> backend.store(found.entry()));
            oweToOthers(handle, new Write.Store(found.entry()));
        } else if (known instanceof Lookup.Deleted deleted && !WriteOrder.outlives(stored, deleted.version())) {
            owe(List.of(handle), new Write.Delete(stored.userId(), stored.key(), deleted.version()));
        } else if (known instanceof Lookup.Found found && WriteOrder.isNewer(found.entry(), stored)) {
            owe(List.of(handle), new Write.Store(found.entry()));
        }
    }

    /** What a backend alone knew so far, the others have to learn: they may have taken the older store just now. */
    private void oweToOthers(BackendHandle knowing, Write<?> write) {
        owe(backends.replicas().stream().filter(one -> one != knowing).toList(), write);
    }

    private void owe(List<BackendHandle> handles, Write<?> write) {
        if (!handles.isEmpty()) {
            backends.commit(new Subject(write.userId(), write.key()), tx -> {
                handles.forEach(handle -> tx.owe(write.owedTo(handle, backends.clock())));
                return write;
            });
        }
    }
}
