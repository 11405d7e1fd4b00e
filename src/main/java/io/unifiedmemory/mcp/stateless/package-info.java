/**
 * Revision 2026-07-28 of the protocol, in which every request stands alone: no session, no handshake. Both transports
 * hand it the requests that name this revision. It is thin, so that it can go when the MCP SDK has it: a {@link
 * io.unifiedmemory.mcp.stateless.StatelessServer} knows the rules that all requests share, and calls one handler per
 * method, which knows nothing of them. Nothing here is loaded before the first such request.
 */
@NullMarked
package io.unifiedmemory.mcp.stateless;

import org.jspecify.annotations.NullMarked;
