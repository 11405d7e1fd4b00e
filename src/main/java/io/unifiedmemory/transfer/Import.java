package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.Tombstones.Tombstone;
import io.unifiedmemory.transfer.format.Item;
import io.unifiedmemory.transfer.format.ItemReader;
import io.unifiedmemory.transfer.format.TransferException;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.BatchWrite;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a file holds into the memory, some hundred at a time. Timestamps decide what counts, so a run that was
 * interrupted is simply repeated: what is there already is passed over. For one thread and one file.
 */
public final class Import {

    /** How many memories are written in one transaction. */
    private static final int BATCH = 500;

    /** Likewise across a network, where each memory is a question and an answer within the time of one call. */
    private static final int REMOTE_BATCH = 100;

    /** How many characters: long texts are indexed in their transaction, for which all other writers wait. */
    private static final int BATCH_CHARS = 128 * 1024;

    /** How many different remarks are kept. */
    private static final int MOST_REMARKS = 100;

    private final UnifiedMemory memory;
    private final PrimaryStore store;
    private final ImportOptions options;
    private final EntryRules rules;
    private final ForeignEntry foreign;
    private final Consumer<Item.Unreadable> unreadable;
    private final LongConsumer progress;

    private final int most;
    private final SeenKeys seen = new SeenKeys();
    private final Map<String, List<BatchWrite>> batch = new LinkedHashMap<>();
    private final Map<String, List<KeptRevision>> past = new LinkedHashMap<>();
    private int batched;
    private long batchedChars;

    private final Map<BatchOutcome, Long> memories = new EnumMap<>(BatchOutcome.class);
    private final Map<BatchOutcome, Long> deletes = new EnumMap<>(BatchOutcome.class);
    private final Map<String, Long> remarks = new TreeMap<>();
    private long revisions;
    private long skipped;
    private long passedOver;
    private long faults;
    private long done;

    /**
     * An import that has not begun.
     *
     * @param store the store of record of the memory
     * @param age how old the file is, and so what has no time in it
     * @param unreadable hears at once of each place that cannot be read
     * @param progress hears of how many memories, deletes and revisions are done
     */
    public Import(
            UnifiedMemory memory,
            PrimaryStore store,
            ImportOptions options,
            FileAge age,
            Consumer<Item.Unreadable> unreadable,
            LongConsumer progress) {
        this.memory = memory;
        this.store = store;
        this.options = options;
        this.rules = new EntryRules(options.limits());
        this.foreign = new ForeignEntry(age, options.limits().maxNameChars());
        this.unreadable = unreadable;
        this.progress = progress;
        this.most = store.isInProcess() ? BATCH : REMOTE_BATCH;
    }

    /** Reads the file to its end. */
    public ImportReport run(ItemReader reader) throws IOException {
        try {
            reader.read(this::take);
        } catch (IOException | TransferException e) {
            flush(); // what was read until then counts
            throw e;
        }
        flush();
        return new ImportReport(memories, deletes, revisions, skipped, passedOver, faults, remarks);
    }

    private void take(Item item) {
        if (item instanceof Item.Memory found) {
            if (isWanted(item, found.entry().userId(), rules.fault(found.entry()))) {
                add(found.entry(), true);
            }
        } else if (item instanceof Item.Foreign found) {
            take(found);
        } else if (item instanceof Item.Delete delete) {
            String fault = fault(delete.userId(), delete.key());
            if (isWanted(item, delete.userId(), fault)) {
                boolean keeps = options.conflict() == OnConflict.SKIP;
                add(new BatchWrite.Delete(delete.userId(), delete.key(), delete.version(), keeps), 0);
            }
        } else if (item instanceof Item.DeleteAll delete) {
            if (isWanted(item, delete.userId(), rules.fault("user_id", delete.userId()))) {
                deleteAll(delete);
            }
        } else if (item instanceof Item.Past found) {
            MemoryEntry entry = found.kept().revision().entry();
            if (isWanted(item, entry.userId(), rules.fault(entry))) {
                add(found.kept());
            }
        } else if (item instanceof Item.Unreadable fault) {
            refuse(fault.place(), fault.reason());
        } else if (item instanceof Item.Remark remark) {
            remark(remark.what());
        }
    }

    private void take(Item.Foreign item) {
        String userId = item.userId() != null
                ? item.userId()
                : options.userId() != null ? options.userId() : options.defaultUser();
        if (userId == null) {
            throw new TransferException("the file does not name users: say whose memories these are with --user ID");
        }
        ForeignEntry.Made made = foreign.of(item, Names.canonical(userId));
        MemoryEntry entry = made.entry();
        if (!isWanted(item, entry.userId(), rules.fault(entry))) {
            return;
        }
        if (!made.dated() && !seen.add(entry.userId(), entry.key())) {
            refuse(
                    item.place(),
                    "has the key " + entry.key() + ", which came before in this file, and the first counts");
            return;
        }
        add(entry, made.dated());
        if (made.remark() != null) {
            remark(made.remark());
        }
    }

    private void add(MemoryEntry entry, boolean dated) {
        add(
                new BatchWrite.Store(entry, dated, options.conflict()),
                entry.value().length());
    }

    private @Nullable String fault(String userId, String key) {
        String fault = rules.fault("user_id", userId);
        return fault == null ? rules.fault("key", key) : fault;
    }

    private boolean isWanted(Item item, String userId, @Nullable String fault) {
        if (options.userId() != null && !options.userId().equals(userId)) {
            passedOver++;
            return false;
        }
        if (fault == null && !options.users().test(userId)) {
            refuse(item.place(), "belongs to a user whose memories must not be written here");
            return false;
        }
        if (fault == null && !options.versions().test(version(item))) {
            refuse(item.place(), "has a version too far ahead of the clock here: set the clock where it was written");
            return false;
        }
        if (fault != null) {
            refuse(item.place(), fault);
        }
        return fault == null;
    }

    /** What moves the clock here; what another program wrote has a time of its own, which is not in the future. */
    private static HlcTimestamp version(Item item) {
        if (item instanceof Item.Memory found) {
            return found.entry().version();
        } else if (item instanceof Item.Delete delete) {
            return delete.version();
        } else if (item instanceof Item.DeleteAll delete) {
            return delete.version();
        }
        return HlcTimestamp.NONE;
    }

    private void refuse(String place, String reason) {
        faults++;
        unreadable.accept(new Item.Unreadable(place, reason));
    }

    private void remark(String what) {
        if (remarks.containsKey(what) || remarks.size() < MOST_REMARKS) {
            remarks.merge(what, 1L, Long::sum);
        } else {
            remarks.merge("other remarks", 1L, Long::sum);
        }
    }

    private void add(BatchWrite write, int chars) {
        batch.computeIfAbsent(write.userId(), user -> new ArrayList<>()).add(write);
        added(chars);
    }

    /** What is written anew by {@code OVERWRITE} has its history before it, and not that of the file. */
    private void add(KeptRevision kept) {
        if (options.conflict() == OnConflict.OVERWRITE) {
            skipped++;
            return;
        }
        MemoryEntry entry = kept.revision().entry();
        past.computeIfAbsent(entry.userId(), user -> new ArrayList<>()).add(kept);
        added(entry.value().length());
    }

    private void added(int chars) {
        batched++;
        batchedChars += chars;
        if (batched >= most || batchedChars >= BATCH_CHARS) {
            flush();
        }
    }

    private void flush() {
        batch.forEach((userId, writes) -> {
            List<BatchOutcome> outcomes =
                    options.dryRun() ? memory.compareAll(userId, writes) : memory.writeAll(userId, writes);
            for (int i = 0; i < writes.size(); i++) {
                count(writes.get(i) instanceof BatchWrite.Store ? memories : deletes, outcomes.get(i));
            }
        });
        past.forEach((userId, kept) -> {
            int taken = options.dryRun()
                    ? memory.compareHistory(userId, kept, options.conflict() == OnConflict.SKIP)
                    : memory.takeHistory(userId, kept);
            revisions += taken;
            skipped += kept.size() - taken;
        });
        done += batched;
        batch.clear();
        past.clear();
        batched = 0;
        batchedChars = 0;
        progress.accept(done);
    }

    private static void count(Map<BatchOutcome, Long> counts, BatchOutcome outcome) {
        counts.merge(outcome, 1L, Long::sum);
    }

    /** What is there stays where that is wanted, so that only a delete of each memory could be made, and none is. */
    private void deleteAll(Item.DeleteAll delete) {
        flush();
        if (isRemembered(delete.userId(), delete.version())) {
            count(deletes, BatchOutcome.EQUAL);
        } else if (options.conflict() == OnConflict.SKIP) {
            count(deletes, BatchOutcome.SKIPPED);
        } else {
            if (!options.dryRun()) {
                memory.deleteAll(delete.userId(), delete.version());
            }
            count(deletes, BatchOutcome.NEW);
        }
        done++;
    }

    private boolean isRemembered(String userId, HlcTimestamp version) {
        List<Tombstone> first = store.tombstones().list(userId, null, 1);
        return !first.isEmpty()
                && first.get(0).key() == null
                && !version.isNewerThan(first.get(0).version());
    }
}
