/** The store of record in PostgreSQL, for many instances of the server. */
@NullMarked
package io.unifiedmemory.store.postgres;

import org.jspecify.annotations.NullMarked;
