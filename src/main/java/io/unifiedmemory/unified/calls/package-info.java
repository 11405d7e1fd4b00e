/**
 * How a backend is called: its policy, timeouts, retries and circuit breaker, several at once, and which calls wait for which.
 */
@NullMarked
package io.unifiedmemory.unified.calls;

import org.jspecify.annotations.NullMarked;
