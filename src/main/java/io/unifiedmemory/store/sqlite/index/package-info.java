/** The search index in the database file, and what keeps it up to date. */
@NullMarked
package io.unifiedmemory.store.sqlite.index;

import org.jspecify.annotations.NullMarked;
