@NullMarked
package io.unifiedmemory.http;

import org.jspecify.annotations.NullMarked;
