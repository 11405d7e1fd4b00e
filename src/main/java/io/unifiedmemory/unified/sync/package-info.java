/** Background work: delivering the outbox, comparing backends, removing old deletes. */
@NullMarked
package io.unifiedmemory.unified.sync;

import org.jspecify.annotations.NullMarked;
