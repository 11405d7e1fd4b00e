/**
 * The words of the project: what a memory is, how two writes of it are ordered, what can be asked for, how a backend
 * fails. Imports no other package of the project, so that everything may depend on it.
 */
@NullMarked
package io.unifiedmemory.memory;

import org.jspecify.annotations.NullMarked;
