@NullMarked
package io.unifiedmemory.server;

import org.jspecify.annotations.NullMarked;
