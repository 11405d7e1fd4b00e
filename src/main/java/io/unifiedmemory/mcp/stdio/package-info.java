/** The transport over standard input and output; nobody else touches the standard streams. */
@NullMarked
package io.unifiedmemory.mcp.stdio;

import org.jspecify.annotations.NullMarked;
