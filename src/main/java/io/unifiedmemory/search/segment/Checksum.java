package io.unifiedmemory.search.segment;

import java.util.zip.CRC32;

/** Stands before the bytes of a page or a root, so that damage is noticed. Stateless. */
final class Checksum {

    static final int BYTES = Integer.BYTES;

    private Checksum() {}

    static byte[] before(byte[] content) {
        return new ByteWriter().fixed(of(content, 0), BYTES).bytes(content).toBytes();
    }

    /** The content behind the checksum. */
    static ByteReader content(byte[] bytes) {
        return new ByteReader(bytes, BYTES, bytes.length);
    }

    static void check(byte[] bytes, String what) {
        if (bytes.length < BYTES || new ByteReader(bytes, 0, BYTES).fixed(BYTES) != of(bytes, BYTES)) {
            throw new DamagedSegmentException("the checksum of " + what + " is wrong");
        }
    }

    private static long of(byte[] bytes, int from) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, from, bytes.length - from);
        return checksum.getValue();
    }
}
