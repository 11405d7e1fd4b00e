@NullMarked
package io.unifiedmemory.access;

import org.jspecify.annotations.NullMarked;
