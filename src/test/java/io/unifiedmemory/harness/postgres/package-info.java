/** Real PostgreSQL servers for tests: started, killed, frozen, copied and cut off at will. */
@NullMarked
package io.unifiedmemory.harness.postgres;

import org.jspecify.annotations.NullMarked;
