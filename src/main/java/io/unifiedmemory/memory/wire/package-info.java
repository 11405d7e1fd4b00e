/** What two instances of this server tell each other: one class writes it and reads it. */
@NullMarked
package io.unifiedmemory.memory.wire;

import org.jspecify.annotations.NullMarked;
