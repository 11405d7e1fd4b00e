/** Small things that the platform lacks and several rooms need. */
@NullMarked
package io.unifiedmemory.memory.util;

import org.jspecify.annotations.NullMarked;
