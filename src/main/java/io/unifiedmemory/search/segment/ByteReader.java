package io.unifiedmemory.search.segment;

import java.util.Arrays;

/** Reads a part of some bytes from its beginning to its end, and nothing beyond. Not thread-safe. */
final class ByteReader {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private final byte[] bytes;
    private final int end;
    private int at;

    ByteReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean hasMore() {
        return at < end;
    }

    long varint() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += BITS) {
            int b = one();
            number |= (long) (b & (MORE - 1)) << shift;
            if (b < MORE) {
                return number;
            }
        }
        throw new DamagedSegmentException("a number is too long");
    }

    /** A number of things each of which takes at least one byte of the rest. */
    int length() {
        long length = varint();
        if (length > end - at) {
            throw new DamagedSegmentException("something is longer than what holds it");
        }
        return (int) length;
    }

    int number() {
        long number = varint();
        if (number > Integer.MAX_VALUE) {
            throw new DamagedSegmentException("a number is too large");
        }
        return (int) number;
    }

    int one() {
        if (at == end) {
            throw new DamagedSegmentException("something ends early");
        }
        return bytes[at++] & 0xFF;
    }

    /** See {@link ByteWriter#fixed}. */
    long fixed(int length) {
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = number << Byte.SIZE | one();
        }
        return number;
    }

    byte[] bytes(int length) {
        byte[] part = new byte[length];
        copy(part, 0, length);
        return part;
    }

    void copy(byte[] target, int to, int length) {
        skip(length);
        System.arraycopy(bytes, at - length, target, to, length);
    }

    /** What the next bytes are, which are skipped. */
    ByteReader part(int length) {
        skip(length);
        return new ByteReader(bytes, at - length, at);
    }

    private void skip(int length) {
        if (length > end - at) {
            throw new DamagedSegmentException("something ends early");
        }
        at += length;
    }

    byte[] rest() {
        return Arrays.copyOfRange(bytes, at, end);
    }
}
