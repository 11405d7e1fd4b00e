/**
 * Memories as resources: their addresses, lists, contents, completions and changes, for the callers that may see them.
 * This package knows nothing about protocols and transports.
 */
@NullMarked
package io.unifiedmemory.resources;

import org.jspecify.annotations.NullMarked;
