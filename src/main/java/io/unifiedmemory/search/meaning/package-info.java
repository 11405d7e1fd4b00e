/** Vectors that say what texts mean: of queries, and as a store keeps them. */
@NullMarked
package io.unifiedmemory.search.meaning;

import org.jspecify.annotations.NullMarked;
