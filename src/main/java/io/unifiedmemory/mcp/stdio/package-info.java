/** The transport over standard input and output; no other package uses the standard streams. */
@NullMarked
package io.unifiedmemory.mcp.stdio;

import org.jspecify.annotations.NullMarked;
