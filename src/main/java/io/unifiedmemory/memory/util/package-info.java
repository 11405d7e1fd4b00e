/** Small utilities that the platform lacks and several packages need. */
@NullMarked
package io.unifiedmemory.memory.util;

import org.jspecify.annotations.NullMarked;
