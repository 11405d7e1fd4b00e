@NullMarked
package io.unifiedmemory.install;

import org.jspecify.annotations.NullMarked;
