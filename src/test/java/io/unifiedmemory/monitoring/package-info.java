@NullMarked
package io.unifiedmemory.monitoring;

import org.jspecify.annotations.NullMarked;
