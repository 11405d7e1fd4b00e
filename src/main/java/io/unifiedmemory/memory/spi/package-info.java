/**
 * The interfaces between the core and the stores: what a place that keeps memories has to do ({@code MemoryBackend}),
 * and what the store of record does besides.
 */
@NullMarked
package io.unifiedmemory.memory.spi;

import org.jspecify.annotations.NullMarked;
