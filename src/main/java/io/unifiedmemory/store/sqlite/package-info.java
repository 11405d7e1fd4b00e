/**
 * The store of record in one local SQLite file that several processes may have open at once: memories, outbox,
 * tombstones and what else the processes share.
 */
@NullMarked
package io.unifiedmemory.store.sqlite;

import org.jspecify.annotations.NullMarked;
