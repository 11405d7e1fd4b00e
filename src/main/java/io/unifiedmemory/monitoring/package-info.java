/**
 * What operators of the server over HTTP can see: whether it is ready, and its metrics. The server on stdio loads no
 * class of this package.
 */
@NullMarked
package io.unifiedmemory.monitoring;

import org.jspecify.annotations.NullMarked;
