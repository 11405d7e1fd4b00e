/** How the process starts fast and what it logs: the class archive and its training, logging. */
@NullMarked
package io.unifiedmemory.launch;

import org.jspecify.annotations.NullMarked;
