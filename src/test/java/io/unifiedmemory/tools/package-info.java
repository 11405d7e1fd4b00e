@NullMarked
package io.unifiedmemory.tools;

import org.jspecify.annotations.NullMarked;
