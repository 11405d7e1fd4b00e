/** The contract of another server of this kind, which keeps memories without loss. */
@NullMarked
package io.unifiedmemory.upstream.peer;

import org.jspecify.annotations.NullMarked;
