/**
 * Many backends as one memory. {@code UnifiedMemory} is what others see; below it how backends are called, how writes reach
 * them, how their answers become one, and how what was missed is caught up. Uses backends only through the interfaces of
 * {@code memory.spi}.
 */
@NullMarked
package io.unifiedmemory.unified;

import org.jspecify.annotations.NullMarked;
