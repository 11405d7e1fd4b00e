/**
 * Memories in another MCP server. {@code UpstreamBackend} is what others see; below it a {@code Connection} that comes
 * and goes, a {@code Session} with one live server over a {@code Link} (a child process or HTTP), and one
 * {@code ToolContract} per kind of server that says which tools mean store, retrieve and so on.
 */
@NullMarked
package io.unifiedmemory.upstream;

import org.jspecify.annotations.NullMarked;
