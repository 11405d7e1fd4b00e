/** Databases of other programs, which are only read: somebody wants to bring along what is in them. */
@NullMarked
package io.unifiedmemory.store.sqlite.foreign;

import org.jspecify.annotations.NullMarked;
