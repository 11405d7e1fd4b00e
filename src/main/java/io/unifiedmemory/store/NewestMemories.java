package io.unifiedmemory.store;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the memories that a search without a query wants, of those that a store reads in order. What does not fit into
 * memory is rejected rather than cut, so that nobody takes it for complete. Not thread-safe.
 */
public final class NewestMemories {

    private final SearchRequest request;
    private final long maxChars;
    private final List<MemoryEntry> entries = new ArrayList<>();
    private long chars;

    /** @param maxChars the bound on the total length of keys and values */
    public NewestMemories(SearchRequest request, long maxChars) {
        this.request = request;
        this.maxChars = maxChars;
    }

    /** Whether fewer were taken than the request wants. */
    public boolean wantsMore() {
        return entries.size() < request.limit();
    }

    /**
     * Takes the next memory if the request wants it.
     *
     * @param entry null for one that cannot be read
     * @throws BackendException when it does not fit
     */
    public void take(@Nullable MemoryEntry entry) {
        if (entry == null || !request.filter().accepts(entry)) {
            return;
        }
        chars += entry.key().length() + entry.value().length();
        if (chars > maxChars) {
            throw new BackendException(
                    Kind.REJECTED,
                    "the newest " + request.limit() + " memories are too large to be searched at once: the first "
                            + entries.size() + " fit into memory",
                    "ask for fewer, narrow the search down, or use get_all");
        }
        entries.add(entry);
    }

    /** Those that were taken, in order. */
    public List<MemoryEntry> entries() {
        return entries;
    }
}
