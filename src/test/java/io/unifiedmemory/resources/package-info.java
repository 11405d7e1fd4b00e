/** Tests of the package of the same name. */
@NullMarked
package io.unifiedmemory.resources;

import org.jspecify.annotations.NullMarked;
