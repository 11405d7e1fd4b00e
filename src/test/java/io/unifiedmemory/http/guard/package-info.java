@NullMarked
package io.unifiedmemory.http.guard;

import org.jspecify.annotations.NullMarked;
