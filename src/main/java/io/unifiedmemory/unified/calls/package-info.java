/**
 * Calls of backends: policy, timeouts, retries and circuit breaker, several calls at once, and which calls wait for
 * which.
 */
@NullMarked
package io.unifiedmemory.unified.calls;

import org.jspecify.annotations.NullMarked;
