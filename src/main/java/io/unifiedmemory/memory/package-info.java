/**
 * The words of the project and the seams between its parts: what a memory is, how two writes are ordered, what a place
 * that keeps memories must do. Imports no other package of the project, so that everything may depend on it.
 */
@NullMarked
package io.unifiedmemory.memory;

import org.jspecify.annotations.NullMarked;
