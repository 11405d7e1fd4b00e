/** Whether search finds the memory: rank metrics over questions whose answers are known. */
@NullMarked
package io.unifiedmemory.retrieval;

import org.jspecify.annotations.NullMarked;
