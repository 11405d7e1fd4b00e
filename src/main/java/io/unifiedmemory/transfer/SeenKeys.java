package io.unifiedmemory.transfer;

import java.util.Arrays;

/**
 * The keys that a file has had so far, by 64 bits of a hash each, so that a million takes 16 MB. Two keys of a million are
 * taken for one with a probability of 1 in 37 million. Not thread-safe.
 */
final class SeenKeys {

    private static final int SMALLEST = 1 << 10;
    private static final long FIRST_PRIME = 0x9E3779B97F4A7C15L;
    private static final long SECOND_PRIME = 0xC2B2AE3D27D4EB4FL;

    private long[] table = new long[SMALLEST];
    private int size;

    /** Adds a key; false when it was there. */
    boolean add(String userId, String key) {
        if (2 * size >= table.length) {
            grow();
        }
        return put(hash(userId, key));
    }

    private boolean put(long hash) {
        int at = (int) (hash >>> 32) & (table.length - 1);
        while (table[at] != 0) {
            if (table[at] == hash) {
                return false;
            }
            at = (at + 1) & (table.length - 1);
        }
        table[at] = hash;
        size++;
        return true;
    }

    private void grow() {
        long[] old = table;
        table = new long[2 * old.length];
        size = 0;
        Arrays.stream(old).filter(hash -> hash != 0).forEach(this::put);
    }

    /** Not 0, which is an empty place. */
    private static long hash(String userId, String key) {
        long hash = mixed(mixed(FIRST_PRIME, userId) + SECOND_PRIME, key);
        return hash == 0 ? 1 : hash;
    }

    private static long mixed(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = Long.rotateLeft((hash ^ text.charAt(i)) * FIRST_PRIME, 29) * SECOND_PRIME;
        }
        return hash ^ (hash >>> 32);
    }
}
