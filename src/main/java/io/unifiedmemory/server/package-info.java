/**
 * The server side of the MCP SDK: offers the tools over transports. Besides it only
 * {@code http} and {@code upstream} know the SDK, and nobody else touches the standard streams.
 */
@NullMarked
package io.unifiedmemory.server;

import org.jspecify.annotations.NullMarked;
