/**
 * Who may see what: callers and their tokens, and how much one of them may ask for. Knows nothing of HTTP servers and of
 * MCP.
 */
@NullMarked
package io.unifiedmemory.access;

import org.jspecify.annotations.NullMarked;
