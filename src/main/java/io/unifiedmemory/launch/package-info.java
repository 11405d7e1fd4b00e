/** How the process starts fast, stays small and what it logs: the class archive and its training, the heap, logging. */
@NullMarked
package io.unifiedmemory.launch;

import org.jspecify.annotations.NullMarked;
