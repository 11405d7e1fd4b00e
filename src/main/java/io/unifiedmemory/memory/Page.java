package io.unifiedmemory.memory;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of a user's memories, in the order of {@link KeyOrder}.
 *
 * @param entries the entries of this page; may be fewer than asked for even when more follow
 * @param more whether memories follow behind the last entry
 * @param total how many memories of the user the backend holds; null on every page but the first, because counting may
 *     cost more than the page
 * @param refused what the backend holds in this part of the list but cannot be read as a memory: the reasons, by key.
 *     Such a key is neither among the entries nor missing
 */
public record Page(
        List<MemoryEntry> entries, boolean more, @Nullable Long total, Map<String, String> refused) {

    public Page {
        entries = List.copyOf(entries);
        refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
    }

    /** A page from which nothing was refused. */
    public Page(List<MemoryEntry> entries, boolean more, @Nullable Long total) {
        this(entries, more, total, Map.of());
    }

    /** The last key, when more follows behind it; null otherwise. */
    public @Nullable String end() {
        return more
                ? Stream.concat(entries.stream().map(MemoryEntry::key), refused.keySet().stream())
                        .max(KeyOrder.COMPARATOR)
                        .orElse(null)
                : null;
    }

    /** Describes what was refused, in one line for a person; null when nothing was. */
    public @Nullable String problem() {
        return problem(refused);
    }

    /**
     * Describes what was refused, in one line for a person that gives one example; null when nothing was.
     *
     * @param refused the reasons by key
     */
    public static @Nullable String problem(Map<String, String> refused) {
        if (refused.isEmpty()) {
            return null;
        }
        Map.Entry<String, String> first = refused.entrySet().iterator().next();
        boolean nameable = Names.fault(first.getKey(), Limits.DEFAULT.maxNameChars()) == null;
        return "left out is " + (nameable ? "\"" + first.getKey() + "\"" : "a memory") + ", " + first.getValue()
                + (refused.size() == 1 ? "" : ", and " + (refused.size() - 1) + " more");
    }
}
