package io.unifiedmemory.search.segment;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes entries, which come in the order of their keys, to pages, and above them pages that say with which key each
 * page begins, until what is left fits into the root. Not thread-safe.
 */
final class TreeWriter {

    /** Bytes of a page. */
    static final int PAGE = 4_000;

    /** Bytes of the entries in the root. Every search reads the root of every segment. */
    private static final int MOST_IN_ROOT = 2_000;

    /** An entry of the level above. */
    private static final class Child {
        private final byte[] firstKey;
        private final int page;

        Child(byte[] firstKey, int page) {
            this.firstKey = firstKey;
            this.page = page;
        }
    }

    private final List<byte[]> pages = new ArrayList<>();
    private final ByteWriter node = new ByteWriter();
    private List<Child> children = new ArrayList<>();
    private byte[] firstKey = {};
    private byte[] lastKey = {};
    private int height;

    /** Adds an entry; several may have the same key. */
    void add(byte[] key, byte[] value) {
        if (!fits(key, value)) {
            endPage();
        }
        if (node.size() == 0) {
            firstKey = key;
            lastKey = Keys.LOWEST;
        }
        if (!fits(key, value)) {
            throw new IllegalArgumentException("an entry of " + (key.length + value.length) + " bytes is too long");
        }
        int shared = shared(lastKey, key);
        node.varint(shared)
                .varint(key.length - shared)
                .bytes(key, shared, key.length - shared)
                .varint(value.length)
                .bytes(value);
        lastKey = key;
    }

    private boolean fits(byte[] key, byte[] value) {
        int shared = shared(lastKey, key);
        int own = key.length - shared;
        return node.size()
                        + ByteWriter.sizeOf(shared)
                        + ByteWriter.sizeOf(own)
                        + own
                        + ByteWriter.sizeOf(value.length)
                        + value.length
                <= PAGE - Checksum.BYTES;
    }

    private static int shared(byte[] a, byte[] b) {
        int length = Math.min(a.length, b.length);
        int shared = 0;
        while (shared < length && a[shared] == b[shared]) {
            shared++;
        }
        return shared;
    }

    private void endPage() {
        if (node.size() > 0) {
            children.add(new Child(firstKey, pages.size()));
            pages.add(Checksum.before(node.toBytes()));
            node.clear();
        }
        lastKey = Keys.LOWEST;
    }

    /** Ends the writing; returns the entries that belong into the root. */
    byte[] finish() {
        while (!children.isEmpty() || node.size() > MOST_IN_ROOT) {
            endPage();
            List<Child> level = children;
            children = new ArrayList<>();
            height++;
            for (Child child : level) {
                add(child.firstKey, new ByteWriter().varint(child.page).toBytes());
            }
        }
        return node.toBytes();
    }

    /** How many levels of pages there are below the root. */
    int height() {
        return height;
    }

    List<byte[]> pages() {
        return List.copyOf(pages);
    }
}
