package io.unifiedmemory.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's memories in the order of {@link KeyOrder}.
 *
 * @param entries the entries of this page; may be fewer than asked for even when more follow
 * @param more whether memories follow behind the last entry
 * @param total how many memories the backend holds of the user; null on every page but the first: to count them may
 *     cost more than the page
 */
public record Page(
        List<MemoryEntry> entries, boolean more, @Nullable Long total) {

    public Page {
        entries = List.copyOf(entries);
    }

    /** The last key, behind which more follows; null where nothing does. */
    public @Nullable String end() {
        return more && !entries.isEmpty() ? entries.get(entries.size() - 1).key() : null;
    }
}
