package io.unifiedmemory.search.segment;

/** Bytes of a segment are not what was built. The remedy is to build the user's index anew from the memories. */
public final class DamagedSegmentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DamagedSegmentException(String what) {
        super("the search index is damaged (" + what + "); it has to be built anew");
    }
}
