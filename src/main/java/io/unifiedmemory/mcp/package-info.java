/**
 * MCP on the wire: one conversation with one client, its messages and its calls. Besides this room only {@code http} and
 * {@code upstream} know the MCP SDK.
 */
@NullMarked
package io.unifiedmemory.mcp;

import org.jspecify.annotations.NullMarked;
