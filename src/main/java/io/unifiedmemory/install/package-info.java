/** Writes this server's entry into the configuration of the programs that use it, and takes it out again. */
@NullMarked
package io.unifiedmemory.install;

import org.jspecify.annotations.NullMarked;
