/** Writes: first to the store of record, then to all other backends at once. */
@NullMarked
package io.unifiedmemory.unified.writes;

import org.jspecify.annotations.NullMarked;
