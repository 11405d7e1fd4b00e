/**
 * The server side of the MCP SDK: offers the tools over transports. The only place besides {@code upstream} that knows
 * the SDK, and the only one that touches the standard streams.
 */
@NullMarked
package io.unifiedmemory.server;

import org.jspecify.annotations.NullMarked;
