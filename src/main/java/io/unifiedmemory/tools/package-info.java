/**
 * What a client can ask for: each tool is a description, two schemas and a handler over {@code UnifiedMemory}. This
 * package knows nothing about protocols and transports.
 */
@NullMarked
package io.unifiedmemory.tools;

import org.jspecify.annotations.NullMarked;
