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
 * @param metadata only memories whose metadata has each of these fields at its top level, with exactly this JSON value
 *     or with an array that has it among its elements; numbers are compared by value (1 equals 1.0), texts
 *     case-sensitively
 * @param keyPrefix only memories whose key begins with exactly this text; null or an empty text for no bound
 * @param tags only memories with each of these in the field {@code tags} of their metadata, an array or a single text
 */
public record SearchFilter(
        @Nullable Instant since,
        @Nullable Instant until,
        Map<String, Object> metadata,
        @Nullable String keyPrefix,
        List<String> tags) {

    private static final String TAGS = "tags";

    /** Accepts every memory. */
    public static final SearchFilter NONE = new SearchFilter(null, null, Map.of(), null);

    public SearchFilter {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        keyPrefix = keyPrefix == null || keyPrefix.isEmpty() ? null : keyPrefix;
        tags = List.copyOf(tags);
    }

    /** A filter that asks for no tags. */
    public SearchFilter(
            @Nullable Instant since,
            @Nullable Instant until,
            Map<String, Object> metadata,
            @Nullable String keyPrefix) {
        this(since, until, metadata, keyPrefix, List.of());
    }

    /** Accepts the memories that have each of these tags. */
    public static SearchFilter tagged(List<String> tags) {
        return tags.isEmpty() ? NONE : new SearchFilter(null, null, Map.of(), null, tags);
    }

    /** Whether it accepts every memory. Compared field by field: the first search must not wait for a record's equals. */
    public boolean isNone() {
        return since == null && until == null && metadata.isEmpty() && keyPrefix == null && tags.isEmpty();
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
                && metadata.entrySet().stream()
                        .allMatch(field -> has(entry.metadata(), field.getKey(), field.getValue()))
                && tags.stream().allMatch(tag -> has(entry.metadata(), TAGS, tag));
    }

    /** Whether an object has a field with this value, or with an array in which it is an element. */
    private static boolean has(Map<String, Object> object, String field, @Nullable Object value) {
        Object held = object.get(field);
        return (object.containsKey(field) && equal(held, value))
                || (held instanceof List<?> elements && elements.stream().anyMatch(each -> equal(each, value)));
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
