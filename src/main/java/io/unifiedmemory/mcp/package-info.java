/**
 * MCP on the wire: one conversation with one client, its messages and its calls. Apart from this package, only {@code
 * http} and {@code upstream} use the MCP SDK.
 */
@NullMarked
package io.unifiedmemory.mcp;

import org.jspecify.annotations.NullMarked;
