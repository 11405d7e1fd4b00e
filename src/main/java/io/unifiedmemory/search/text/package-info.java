/** Text analysis: tokens, word forms, names of days and months, and case folding. */
@NullMarked
package io.unifiedmemory.search.text;

import org.jspecify.annotations.NullMarked;
