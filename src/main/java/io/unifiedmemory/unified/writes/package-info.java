/** How a write reaches every backend: first the store of record, then all others at once. */
@NullMarked
package io.unifiedmemory.unified.writes;

import org.jspecify.annotations.NullMarked;
