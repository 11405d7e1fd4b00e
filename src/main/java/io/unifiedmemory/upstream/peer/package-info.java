/** The contract of another instance of this server, which keeps memories without loss. */
@NullMarked
package io.unifiedmemory.upstream.peer;

import org.jspecify.annotations.NullMarked;
