package io.unifiedmemory.search.segment;

import io.unifiedmemory.memory.util.Sha256;
import java.util.List;

/** What a segment's pages are known by: the first half of their SHA-256. */
record Fingerprint(long high, long low) {

    static final Fingerprint OF_NOTHING = new Fingerprint(0, 0);

    static Fingerprint of(List<byte[]> pages) {
        return pages.isEmpty() ? OF_NOTHING : read(new ByteReader(Sha256.of(pages), 0, 2 * Long.BYTES));
    }

    static Fingerprint read(ByteReader bytes) {
        return new Fingerprint(bytes.fixed(Long.BYTES), bytes.fixed(Long.BYTES));
    }

    void write(ByteWriter bytes) {
        bytes.fixed(high, Long.BYTES).fixed(low, Long.BYTES);
    }
}
