package io.unifiedmemory.search.segment;

import java.util.List;

/**
 * The entries of a segment between two keys, these included. Immutable.
 *
 * <p>To read a span also reads the page on which the entry before it stands.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Span(Segment segment, byte[] from, byte[] to) {

    static Span of(Segment segment, byte[] key) {
        return new Span(segment, key, key);
    }

    static Span ofAllThatBegin(Segment segment, byte[] start) {
        return new Span(segment, start, Keys.behind(start));
    }

    static Span ofAll(Segment segment) {
        return new Span(segment, Keys.LOWEST, Keys.HIGHEST);
    }

    /** The same in each of several segments. */
    static List<Span> of(List<Segment> segments, byte[] key) {
        return segments.stream().map(segment -> of(segment, key)).toList();
    }
}
