package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Revision.Position;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.Tombstones.Tombstone;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.transfer.format.ItemWriter;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a store of record holds, user by user in the order of their ids, while others may write to it. Each memory is
 * there as it was at some moment of the export; what was deleted meanwhile is there, or its delete is. For one thread.
 */
public final class Export {

    private static final int PAGE = 500;

    /** How many characters of revisions are read at once. */
    private static final long PAGE_CHARS = 1 << 20;

    private final PrimaryStore store;
    private final Predicate<String> users;
    private final boolean history;
    private long memories;
    private long deletes;
    private long revisions;

    /**
     * An export that has not begun.
     *
     * @param users whose memories may be exported; all others are passed over without a word
     * @param history whether what their keys held before comes with them, where the format has a place for it
     */
    public Export(PrimaryStore store, Predicate<String> users, boolean history) {
        this.store = store;
        this.users = users;
        this.history = history;
    }

    /** How much was written. */
    public record Result(long memories, long deletes, long revisions) {}

    /**
     * Writes the memories, remembered deletes and revisions, but not the end of the file.
     *
     * @param userId whose; null for all that may be exported
     * @param progress hears of how many memories were written so far
     */
    public Result run(@Nullable String userId, ItemWriter writer, LongConsumer progress) throws IOException {
        memories = 0;
        deletes = 0;
        revisions = 0;
        if (userId != null) {
            export(userId, writer, progress);
        } else {
            for (String user : UserDirectory.all(store.users())) {
                export(user, writer, progress);
            }
        }
        return new Result(memories, deletes, revisions);
    }

    private void export(String userId, ItemWriter writer, LongConsumer progress) throws IOException {
        if (!users.test(userId)) {
            return;
        }
        // A delete of everything forgets the deletes of keys that it covers, so it has to be read before them.
        HlcTimestamp before = deleteAll(userId, HlcTimestamp.NONE, writer);
        memories(userId, writer, progress);
        // What was deleted since its page was read, or before that, is among the deletes now.
        deletes(userId, before, writer);
        deleteAll(userId, before, writer);
        if (history && writer.hasHistory()) {
            history(userId, writer);
        }
    }

    /** Writes the delete of all memories, if there is one that is newer; returns which was written last. */
    private HlcTimestamp deleteAll(String userId, HlcTimestamp written, ItemWriter writer) throws IOException {
        List<Tombstone> first = store.tombstones().list(userId, null, 1);
        if (first.isEmpty()
                || first.get(0).key() != null
                || !first.get(0).version().isNewerThan(written)) {
            return written;
        }
        writer.delete(userId, null, first.get(0).version());
        deletes++;
        return first.get(0).version();
    }

    private void memories(String userId, ItemWriter writer, LongConsumer progress) throws IOException {
        @Nullable String after = null;
        Page page;
        do {
            page = store.list(new ListRequest(userId, after, PAGE));
            for (MemoryEntry entry : page.entries()) {
                memories += writer.memory(entry) ? 1 : 0;
                after = entry.key();
            }
            progress.accept(memories);
        } while (page.more());
    }

    /** Comes last: an import takes a revision behind the memory or the delete that it belongs to. */
    private void history(String userId, ItemWriter writer) throws IOException {
        @Nullable Position after = null;
        List<KeptRevision> page = store.history().walk(userId, null, PAGE, PAGE_CHARS);
        while (!page.isEmpty()) {
            for (KeptRevision kept : page) {
                writer.revision(kept);
                after = kept.revision().position();
            }
            revisions += page.size();
            page = store.history().walk(userId, after, PAGE, PAGE_CHARS);
        }
    }

    /** Writes the deletes of keys; those that the delete of all memories covers say nothing. */
    private void deletes(String userId, HlcTimestamp ofAll, ItemWriter writer) throws IOException {
        @Nullable Tombstone last = null;
        List<Tombstone> page;
        do {
            page = store.tombstones().list(userId, last, PAGE);
            for (Tombstone one : page) {
                if (one.key() != null && one.version().isNewerThan(ofAll)) {
                    writer.delete(userId, one.key(), one.version());
                    deletes++;
                }
                last = one;
            }
        } while (page.size() == PAGE);
    }
}
