/**
 * Many backends as one memory. {@code UnifiedMemory} is the entry point; the packages below it call backends, bring
 * writes to them, merge their answers, deliver what a backend missed, and move a store of record. Uses backends only
 * through the interfaces of {@code memory.spi}.
 */
@NullMarked
package io.unifiedmemory.unified;

import org.jspecify.annotations.NullMarked;
