/** The database file: how it is opened, recognised, migrated and used in transactions. */
@NullMarked
package io.unifiedmemory.store.sqlite.db;

import org.jspecify.annotations.NullMarked;
