package io.unifiedmemory.search.segment;

import java.util.Arrays;

/** Bytes that grow. Not thread-safe. */
final class ByteWriter {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    /** A number that is not negative: seven bits to a byte, the lowest first, the top bit set where more follow. */
    ByteWriter varint(long number) {
        long rest = number;
        while (rest >= MORE) {
            one((int) (rest & (MORE - 1)) | MORE);
            rest >>>= BITS;
        }
        return one((int) rest);
    }

    /** How many bytes a number takes. */
    static int sizeOf(long number) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + BITS - 1) / BITS);
    }

    ByteWriter one(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
        return this;
    }

    /** Numbers of fixed size, the highest byte first, so that their bytes sort as they do. */
    ByteWriter fixed(long number, int length) {
        for (int shift = Byte.SIZE * (length - 1); shift >= 0; shift -= Byte.SIZE) {
            one((int) (number >>> shift));
        }
        return this;
    }

    ByteWriter bytes(byte[] source, int from, int length) {
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
        }
        System.arraycopy(source, from, bytes, size, length);
        size += length;
        return this;
    }

    ByteWriter bytes(byte[] source) {
        return bytes(source, 0, source.length);
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    void clear() {
        size = 0;
    }
}
