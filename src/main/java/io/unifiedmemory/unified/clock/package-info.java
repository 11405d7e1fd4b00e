/** The hybrid logical clock that stamps writes, and the watch that notices that the wall clock was set. */
@NullMarked
package io.unifiedmemory.unified.clock;

import org.jspecify.annotations.NullMarked;
