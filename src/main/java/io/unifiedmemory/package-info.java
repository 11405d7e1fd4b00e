/**
 * The program: takes the command line, wires the packages together, and ends cleanly. The only place that knows
 * everybody.
 */
@NullMarked
package io.unifiedmemory;

import org.jspecify.annotations.NullMarked;
