/**
 * Many backends as one memory: which backend is asked, in what order and for how long, how a write reaches all of them,
 * and how their answers become one. Knows backends only through the seams of {@code memory}.
 */
@NullMarked
package io.unifiedmemory.unified;

import org.jspecify.annotations.NullMarked;
