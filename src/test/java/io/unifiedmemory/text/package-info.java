@NullMarked
package io.unifiedmemory.text;

import org.jspecify.annotations.NullMarked;
