package io.unifiedmemory.memory;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that a memory has to meet, all of them, to be found. Immutable.
 *
 * <p>Times are those of the last update. A memory without a known time counts as older than any other, as it does in
 * {@link SearchOrder#NEWEST_FIRST}.
 *
 * @param since only memories updated at this time or later; null for no bound
 * @param until only memories updated before this time; null for no bound
 * @param metadata only memories whose metadata has each of these fields at its top level, with exactly this JSON value;
 *     numbers are compared by value (1 equals 1.0), texts case-sensitively
 * @param keyPrefix only memories whose key begins with exactly this text; null or an empty text for no bound
 */
public record SearchFilter(
        @Nullable Instant since,
        @Nullable Instant until,
        Map<String, Object> metadata,
        @Nullable String keyPrefix) {

    /** Accepts every memory. */
    public static final SearchFilter NONE = new SearchFilter(null, null, Map.of(), null);

    public SearchFilter {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        keyPrefix = keyPrefix == null || keyPrefix.isEmpty() ? null : keyPrefix;
    }

    /** Whether it accepts every memory. Compared field by field: the first search must not wait for a record's equals. */
    public boolean isNone() {
        return since == null && until == null && metadata.isEmpty() && keyPrefix == null;
    }

    /** Whether the times contradict each other, so that no memory can meet both. */
    public boolean isContradictory() {
        return since != null && until != null && !since.isBefore(until);
    }

    /** Whether a memory meets every condition. */
    public boolean accepts(MemoryEntry entry) {
        Instant updated = entry.updatedAt();
        return (since == null || (updated != null && !updated.isBefore(since)))
                && (until == null || updated == null || updated.isBefore(until))
                && (keyPrefix == null || entry.key().startsWith(keyPrefix))
                && metadata.entrySet().stream().allMatch(field -> has(entry.metadata(), field));
    }

    private static boolean has(Map<String, Object> object, Map.Entry<String, Object> field) {
        return object.containsKey(field.getKey()) && equal(object.get(field.getKey()), field.getValue());
    }

    /** Whether two JSON values are the same: numbers by value, objects whatever the order of their fields. */
    private static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number && right instanceof Number) {
            return new BigDecimal(left.toString()).compareTo(new BigDecimal(right.toString())) == 0;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return a.size() == b.size()
                    && a.entrySet().stream()
                            .allMatch(field ->
                                    b.containsKey(field.getKey()) && equal(field.getValue(), b.get(field.getKey())));
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            Iterator<?> others = b.iterator();
            return a.size() == b.size() && a.stream().allMatch(each -> equal(each, others.next()));
        }
        return left == null ? right == null : left.equals(right);
    }
}
