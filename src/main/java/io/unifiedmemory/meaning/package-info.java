/** What texts mean, as vectors: models that run here or elsewhere, the add-on that brings one, the work in the background. */
@NullMarked
package io.unifiedmemory.meaning;

import org.jspecify.annotations.NullMarked;
