package io.unifiedmemory.search.segment;

import java.util.Map;
import java.util.Set;

/**
 * The pages of one user's segments in a store.
 *
 * @param <E> the exception with which reading fails
 */
@FunctionalInterface
public interface PageSource<E extends Exception> {

    /** Reads pages, also of several segments, in one round trip. A page that is not there is left out. */
    Map<PageId, byte[]> pages(Set<PageId> pages) throws E;
}
