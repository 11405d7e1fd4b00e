package io.unifiedmemory.unified.migration;

import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.UserDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Copies everything from one store of record to another: memories, remembered deletes, the history, what is owed to other
 * backends, how far the clocks were. What is there already is passed over, so a run that was interrupted, or after which the first
 * store was written again, is simply repeated. The first store may be in use, the second one should not be yet. For one
 * thread.
 */
public final class StoreMigration {

    /** How many memories, deletes or entries are copied in one transaction. */
    static final int PAGE = 500;

    private final PrimaryStore from;
    private final PrimaryStore to;
    private long users;
    private long memories;

    public StoreMigration(PrimaryStore from, PrimaryStore to) {
        this.from = from;
        this.to = to;
    }

    /**
     * How far it is.
     *
     * @param users how many were looked at
     * @param memories how many were copied
     * @param userId whose memories are copied now
     */
    public record Progress(long users, long memories, String userId) {}

    /**
     * What came of a run.
     *
     * @param users how many the first store has
     * @param memories how many memories these have
     * @param deletes how many deletes are remembered of them
     * @param copied how many memories were copied; 0 when nothing had changed since the run before
     * @param revisions how many revisions were copied, which the second store keeps within its own bounds
     * @param owed how many writes are owed to other backends
     * @param differing the users of whom the two stores do not hold the same, each with what they hold
     */
    public record Result(
            long users,
            long memories,
            long deletes,
            long copied,
            long revisions,
            long owed,
            List<Difference> differing) {}

    /** How many memories and deletes two stores hold of a user whose memories differ. */
    public record Difference(String userId, long memories, long deletes, long otherMemories, long otherDeletes) {}

    /** Copies what is missing or older in the second store, and compares. */
    public Result run(Consumer<Progress> progress) {
        users = 0;
        memories = 0;
        long held = 0;
        long deletes = 0;
        long revisions = 0;
        List<Difference> differing = new ArrayList<>();
        for (String userId : UserDirectory.all(from.users())) {
            progress.accept(new Progress(users, memories, userId));
            UserDigest here = UserDigest.of(from, userId);
            UserDigest there = UserDigest.of(to, userId);
            UserCopy copy = new UserCopy(from, to, userId);
            if (!here.equals(there)) {
                copy.run(copied -> {
                    memories += copied;
                    progress.accept(new Progress(users, memories, userId));
                });
                here = UserDigest.of(from, userId);
                there = UserDigest.of(to, userId);
            }
            revisions += copy.history();
            if (!here.equals(there)) {
                differing.add(
                        new Difference(userId, here.memories(), here.deletes(), there.memories(), there.deletes()));
            }
            users++;
            held += here.memories();
            deletes += here.deletes();
        }
        return new Result(users, held, deletes, memories, revisions, owed(), List.copyOf(differing));
    }

    /** Copies what is owed to other backends; returns how much that is. What was delivered meanwhile may go there twice. */
    private long owed() {
        long owed = 0;
        OutboxAdmin outbox = from.outboxAdmin();
        for (String backend : outbox.backends()) {
            Item last = null;
            List<Item> page;
            do {
                page = outbox.page(backend, last, PAGE);
                for (Item item : page) {
                    owe(item);
                    last = item;
                }
                owed += page.size();
            } while (page.size() == PAGE);
        }
        return owed;
    }

    private void owe(Item item) {
        OutboxEntry entry = item.entry();
        OutboxEntry.Scope scope = entry.operation().scope();
        Subject about = new Subject(entry.userId(), scope == OutboxEntry.Scope.KEY ? entry.key() : null);
        to.commit(about, tx -> {
            tx.owe(entry);
            return entry;
        });
        if (item.dead()) {
            String error = item.error();
            to.outbox().deadLetter(entry, error == null ? "" : error);
        }
    }
}
