/** How the answers of many backends become one. */
@NullMarked
package io.unifiedmemory.unified.reads;

import org.jspecify.annotations.NullMarked;
