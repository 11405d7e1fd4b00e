/**
 * What the program can be told to do, one class each, and the memory with its tools that they work on. The only place that
 * knows everybody and wires the packages together.
 */
@NullMarked
package io.unifiedmemory.commands;

import org.jspecify.annotations.NullMarked;
