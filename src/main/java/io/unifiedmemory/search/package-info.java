/**
 * Full-text search without I/O: what a query asks for, how a memory is indexed, and how hits are ranked. Its seam to a store is
 * what an index can be asked.
 */
@NullMarked
package io.unifiedmemory.search;

import org.jspecify.annotations.NullMarked;
