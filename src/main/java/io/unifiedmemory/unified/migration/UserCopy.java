package io.unifiedmemory.unified.migration;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Tombstones.Tombstone;
import io.unifiedmemory.memory.spi.Transaction;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies what one store holds of a user into another. Repeating it changes nothing: each memory and each delete has its
 * version, and the newer one counts. For one thread.
 */
final class UserCopy {

    private final PrimaryStore from;
    private final PrimaryStore to;
    private final String userId;
    private final Subject everything;

    UserCopy(PrimaryStore from, PrimaryStore to, String userId) {
        this.from = from;
        this.to = to;
        this.userId = userId;
        everything = new Subject(userId, null);
    }

    /** @param copied hears of how many memories each step has copied */
    void run(LongConsumer copied) {
        clocks();
        // Deletes come first: a memory that was stored again after its delete is newer than that.
        deletes();
        memories(copied);
    }

    /** Whoever goes on with the copy must not fall behind what the clocks of the first store have shown. */
    private void clocks() {
        Mark shown = mark(from, Mark.NONE);
        if (!shown.equals(Mark.NONE)) {
            mark(to, shown);
        }
    }

    private Mark mark(PrimaryStore store, Mark atLeast) {
        return store.commit(
                everything,
                tx -> tx.highWater()
                        .update(held -> new Mark(
                                held.newest().isNewerThan(atLeast.newest()) ? held.newest() : atLeast.newest(),
                                Math.max(held.wallMillis(), atLeast.wallMillis()))));
    }

    private void deletes() {
        Tombstone last = null;
        List<Tombstone> page;
        do {
            page = from.tombstones().list(userId, last, StoreMigration.PAGE);
            List<Tombstone> deletes = page;
            if (!deletes.isEmpty()) {
                last = to.commit(everything, tx -> delete(tx, deletes));
            }
        } while (page.size() == StoreMigration.PAGE);
    }

    private Tombstone delete(Transaction tx, List<Tombstone> deletes) {
        for (Tombstone one : deletes) {
            String key = one.key();
            if (key == null) {
                tx.deleteAll(userId, one.version());
            } else {
                tx.delete(userId, key, one.version());
            }
        }
        return deletes.get(deletes.size() - 1);
    }

    private void memories(LongConsumer copied) {
        @Nullable String afterKey = null;
        Page page;
        do {
            page = from.list(new ListRequest(userId, afterKey, StoreMigration.PAGE));
            List<MemoryEntry> entries = page.entries();
            if (!entries.isEmpty()) {
                to.commit(everything, tx -> {
                    entries.forEach(entry -> store(tx, entry));
                    return entries.size();
                });
                afterKey = entries.get(entries.size() - 1).key();
                copied.accept(entries.size());
            }
        } while (page.more());
    }

    /**
     * A store keeps the time of creation of what it replaces. That is another one where the memory was deleted and
     * stored again since the copy, and the delete is not remembered any more.
     */
    private static void store(Transaction tx, MemoryEntry entry) {
        if (tx.retrieve(entry.userId(), entry.key()) instanceof Lookup.Found found) {
            MemoryEntry held = found.entry();
            if (entry.version().isNewerThan(held.version()) && !Objects.equals(entry.createdAt(), held.createdAt())) {
                tx.delete(entry.userId(), entry.key(), held.version());
            }
        }
        tx.store(entry);
    }
}
