/** What goes on in the background: delivering the outbox, comparing backends, forgetting old deletes. */
@NullMarked
package io.unifiedmemory.unified.sync;

import org.jspecify.annotations.NullMarked;
