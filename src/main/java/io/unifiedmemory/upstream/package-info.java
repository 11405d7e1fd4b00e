/**
 * Memories in another MCP server. {@code UpstreamBackend} is the entry point; this package decides which contract a
 * server speaks, and tries one out.
 */
@NullMarked
package io.unifiedmemory.upstream;

import org.jspecify.annotations.NullMarked;
