/**
 * Full-text search without I/O: the analysis of queries and memories, and the ranking of hits. A store provides the
 * index through {@code IndexReader} and {@code MemoryReader}.
 */
@NullMarked
package io.unifiedmemory.search;

import org.jspecify.annotations.NullMarked;
