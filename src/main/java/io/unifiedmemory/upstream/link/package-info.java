/** Connections to servers that come and go: child processes, HTTP, and the sessions over them. */
@NullMarked
package io.unifiedmemory.upstream.link;

import org.jspecify.annotations.NullMarked;
