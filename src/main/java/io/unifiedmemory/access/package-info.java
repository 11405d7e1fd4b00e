/**
 * Access control: callers and their tokens, and how much each of them may ask for. Independent of HTTP servers and of
 * MCP.
 */
@NullMarked
package io.unifiedmemory.access;

import org.jspecify.annotations.NullMarked;
