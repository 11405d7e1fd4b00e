/** Reads: one answer out of the answers of many backends. */
@NullMarked
package io.unifiedmemory.unified.reads;

import org.jspecify.annotations.NullMarked;
