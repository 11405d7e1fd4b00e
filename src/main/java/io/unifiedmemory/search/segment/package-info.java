/** One user's search index as immutable segments, for stores across a network. */
@NullMarked
package io.unifiedmemory.search.segment;

import org.jspecify.annotations.NullMarked;
