package io.unifiedmemory.search.segment;

import java.util.Arrays;

/** Goes through the entries of a page from the first to the last. Not thread-safe. */
final class Entries {

    private final ByteReader bytes;
    private byte[] key = new byte[64];
    private int keyLength;
    private ByteReader value;

    Entries(ByteReader bytes) {
        this.bytes = bytes;
        this.value = bytes;
    }

    /** Goes to the next entry; returns whether there is one. */
    boolean next() {
        if (!bytes.hasMore()) {
            return false;
        }
        int shared = bytes.number();
        if (shared > keyLength) {
            throw new DamagedSegmentException("a key has more of the one before it than that has");
        }
        int more = bytes.length();
        if (shared + more > key.length) {
            key = Arrays.copyOf(key, 2 * (shared + more));
        }
        bytes.copy(key, shared, more);
        keyLength = shared + more;
        value = bytes.part(bytes.length());
        return true;
    }

    int compareKey(byte[] other) {
        return Arrays.compareUnsigned(key, 0, keyLength, other, 0, other.length);
    }

    byte[] key() {
        return Arrays.copyOf(key, keyLength);
    }

    /** To be read once. */
    ByteReader value() {
        return value;
    }
}
