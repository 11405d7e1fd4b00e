/** Stores of record, and what they share. */
@NullMarked
package io.unifiedmemory.store;

import org.jspecify.annotations.NullMarked;
