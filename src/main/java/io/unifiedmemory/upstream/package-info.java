/**
 * Memories in another MCP server. {@code UpstreamBackend} is what others see; which contract a server speaks is decided here.
 */
@NullMarked
package io.unifiedmemory.upstream;

import org.jspecify.annotations.NullMarked;
