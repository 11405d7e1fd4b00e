/** The format that two instances of this server use to talk to each other: one class writes and reads it. */
@NullMarked
package io.unifiedmemory.memory.wire;

import org.jspecify.annotations.NullMarked;
