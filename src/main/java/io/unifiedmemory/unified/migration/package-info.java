/**
 * Moves everything from one store of record to another of any kind, while the first one is in use. {@code
 * StoreMigration} is the entry point.
 */
@NullMarked
package io.unifiedmemory.unified.migration;

import org.jspecify.annotations.NullMarked;
