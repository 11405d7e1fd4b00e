package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.Revision.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of a database held before: the transaction that replaces or deletes a memory keeps it as a revision, as far
 * as {@link HistoryOptions} say. A write that leaves text and metadata as they are makes none. Where these say that nothing
 * is kept, nothing is found, and a delete erases what its keys held before: the database may be that of a time when a
 * history was kept. Thread-safe; every method
 * throws a {@link BackendException} when the store fails.
 */
public interface History {

    /**
     * Revisions of a user, those that ended last at the beginning.
     *
     * @param key of which key; null for all
     * @param after only what stands behind this one; null from the start
     * @param limit how many at most, 1 or more
     * @param maxChars the list ends before the texts have more characters in all, but not before the first one
     */
    List<Revision> list(String userId, @Nullable String key, @Nullable Position after, int limit, long maxChars);

    /**
     * All revisions of a user page by page, for those who take them elsewhere: in the order of {@code KeyOrder}, and those of
     * one key in the order of their numbers, the oldest first.
     *
     * @param after only what stands behind this one, of which the key and the number count; null from the start
     * @param limit how many at most, 1 or more
     * @param maxChars the page ends before the texts have more characters in all, but not before the first one
     * @return empty when there is none behind that
     */
    List<KeptRevision> walk(String userId, @Nullable Position after, int limit, long maxChars);

    /** One revision; null when it is not there, or no longer. */
    @Nullable
    Revision find(String userId, String key, int number);

    /**
     * Erases revisions that are older than the retention, by the clock by which they ended.
     *
     * @param limit how many at most, 1 or more
     * @return how many
     */
    int forget(int limit);

    /**
     * Erases the oldest revisions of users whose revisions are larger in all than they may be. A writer looks after its own
     * user's alone, and only now and then.
     *
     * @param limit how many at most, 1 or more
     * @return how many
     */
    int forgetExcess(int limit);
}
