package io.unifiedmemory.search.segment;

import java.util.List;

/**
 * A segment as a store keeps it. Nobody changes the bytes.
 *
 * @param isEmpty whether it touches nothing, so that a store need not keep it
 * @param root some bytes, which every search reads
 * @param pages up to 4,000 bytes each, by their numbers; there may be none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record BuiltSegment(boolean isEmpty, byte[] root, List<byte[]> pages) {

    public BuiltSegment {
        pages = List.copyOf(pages);
    }
}
