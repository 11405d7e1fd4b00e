@NullMarked
package io.unifiedmemory.unified;

import org.jspecify.annotations.NullMarked;
