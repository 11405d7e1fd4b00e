package io.unifiedmemory.memory;

import java.util.Comparator;

/**
 * The order of keys in every listing: by Unicode code point, which is also the order of their UTF-8 bytes (and so
 * SQLite's). {@link String#compareTo} differs from it for characters outside the basic plane.
 */
public final class KeyOrder {

    /** Compares two keys; stateless. */
    public static final Comparator<String> COMPARATOR = KeyOrder::compare;

    /** Compares two memories by their keys; stateless. */
    public static final Comparator<MemoryEntry> ENTRIES = (one, other) -> compare(one.key(), other.key());

    private KeyOrder() {}

    /** Whether the key of a memory comes after {@code key}. */
    public static boolean isBehind(String key, MemoryEntry entry) {
        return compare(entry.key(), key) > 0;
    }

    private static int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean bothSurrogateOrNot = Character.isSurrogate(a) == Character.isSurrogate(b);
                return bothSurrogateOrNot ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
