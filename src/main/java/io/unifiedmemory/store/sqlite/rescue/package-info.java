/** Gets what can be read out of a damaged database file. */
@NullMarked
package io.unifiedmemory.store.sqlite.rescue;

import org.jspecify.annotations.NullMarked;
