/** Tests of {@code io.unifiedmemory.transfer}. */
@NullMarked
package io.unifiedmemory.transfer;

import org.jspecify.annotations.NullMarked;
