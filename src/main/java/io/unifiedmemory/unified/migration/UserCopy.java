package io.unifiedmemory.unified.migration;

import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.Tombstones.Tombstone;
import io.unifiedmemory.memory.spi.Transaction;
import io.unifiedmemory.unified.writes.HistoryIntake;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies what one store holds of a user into another. Repeating it changes nothing: each memory and each delete has its
 * version, and the newer one counts. For one thread.
 *
 * <p>What the second store has from an earlier run and the first one has replaced or deleted since is erased there, together
 * with its history, which then comes from the first store: what was deleted there for good must not stay in the copy.
 */
final class UserCopy {

    private static final long PAGE_CHARS = 1 << 20;

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

    /**
     * Copies memories and deletes.
     *
     * @param copied hears of how many memories each step has copied
     */
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
            if (key != null && isNews(one, tx.retrieve(userId, key))) {
                tx.erase(userId, key, one.version(), false);
            } else if (key != null) {
                tx.delete(userId, key, one.version());
            } else if (isNews(one)) {
                tx.eraseAll(userId, one.version(), false);
            }
        }
        return deletes.get(deletes.size() - 1);
    }

    private static boolean isNews(Tombstone delete, Lookup known) {
        if (known instanceof Lookup.Found found) {
            return !found.entry().version().isNewerThan(delete.version());
        }
        return !(known instanceof Lookup.Deleted deleted) || delete.version().isNewerThan(deleted.version());
    }

    private boolean isNews(Tombstone ofAll) {
        List<Tombstone> first = to.tombstones().list(userId, null, 1);
        return first.isEmpty()
                || first.get(0).key() != null
                || ofAll.version().isNewerThan(first.get(0).version());
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
     * A store keeps what it replaces in its history, and its time of creation. Neither is so where the memory was deleted and
     * stored again since the copy, and the delete is not remembered any more.
     */
    private static void store(Transaction tx, MemoryEntry entry) {
        if (tx.retrieve(entry.userId(), entry.key()) instanceof Lookup.Found found
                && entry.version().isNewerThan(found.entry().version())) {
            tx.erase(entry.userId(), entry.key(), found.entry().version(), false);
        }
        tx.store(entry);
    }

    /** Copies revisions, behind {@link #run}; returns how many. */
    long history() {
        if (!to.historyOptions().isOn()) {
            return 0;
        }
        long copied = 0;
        List<KeptRevision> page = from.history().walk(userId, null, StoreMigration.PAGE, PAGE_CHARS);
        while (!page.isEmpty()) {
            List<KeptRevision> missing = missing(page);
            if (!missing.isEmpty()) {
                copied += to.<Integer>commit(everything, tx -> HistoryIntake.take(tx, missing));
            }
            Position last = page.get(page.size() - 1).revision().position();
            page = from.history().walk(userId, last, StoreMigration.PAGE, PAGE_CHARS);
        }
        return copied;
    }

    /** What the second store does not have. One walk through its keys costs less than questions about each. */
    private List<KeptRevision> missing(List<KeptRevision> page) {
        Revision first = page.get(0).revision();
        String lastKey = page.get(page.size() - 1).revision().entry().key();
        Set<MemoryEntry> held = new HashSet<>();
        Position after = new Position(Instant.EPOCH, first.entry().key(), 0);
        List<KeptRevision> there;
        do {
            there = to.history().walk(userId, after, StoreMigration.PAGE, PAGE_CHARS);
            for (KeptRevision one : there) {
                held.add(one.revision().entry());
                after = one.revision().position();
            }
        } while (!there.isEmpty() && KeyOrder.COMPARATOR.compare(after.key(), lastKey) <= 0);
        return page.stream()
                .filter(one -> !held.contains(one.revision().entry()))
                .toList();
    }
}
