/** Recovers what can be read of a damaged database file. */
@NullMarked
package io.unifiedmemory.store.sqlite.rescue;

import org.jspecify.annotations.NullMarked;
