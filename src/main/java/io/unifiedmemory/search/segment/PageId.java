package io.unifiedmemory.search.segment;

/**
 * A page of a segment.
 *
 * @param segment the number of the segment in the store
 * @param page counted from 0
 */
public record PageId(long segment, int page) {}
