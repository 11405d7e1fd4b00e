/** What the words of a text are: tokens, word forms, names of days and months, and what a query asks for. */
@NullMarked
package io.unifiedmemory.text;

import org.jspecify.annotations.NullMarked;
