/**
 * What stands in front of the transports: who may reach this server under which name, who sent a request, how much of
 * the server one caller may take, and how a refusal is answered. It knows nothing about MCP sessions and depends on no
 * other part of {@code http}.
 */
@NullMarked
package io.unifiedmemory.http.guard;

import org.jspecify.annotations.NullMarked;
