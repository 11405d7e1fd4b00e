/** What the words of a text are: tokens, word forms, names of days and months, and folding of case. */
@NullMarked
package io.unifiedmemory.search.text;

import org.jspecify.annotations.NullMarked;
