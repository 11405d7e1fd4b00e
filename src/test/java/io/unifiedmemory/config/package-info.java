@NullMarked
package io.unifiedmemory.config;

import org.jspecify.annotations.NullMarked;
