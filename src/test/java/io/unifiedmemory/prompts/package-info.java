/** Tests of the package of the same name. */
@NullMarked
package io.unifiedmemory.prompts;

import org.jspecify.annotations.NullMarked;
