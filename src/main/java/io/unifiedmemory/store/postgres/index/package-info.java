/** The search index in the tables of PostgreSQL: segments that never change, and what they do not contain yet. */
@NullMarked
package io.unifiedmemory.store.postgres.index;

import org.jspecify.annotations.NullMarked;
