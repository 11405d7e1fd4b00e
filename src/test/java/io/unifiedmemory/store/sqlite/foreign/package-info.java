/** Databases of other programs, some of them made to do harm. */
@NullMarked
package io.unifiedmemory.store.sqlite.foreign;

import org.jspecify.annotations.NullMarked;
