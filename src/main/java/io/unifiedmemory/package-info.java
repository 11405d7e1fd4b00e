/** The process: its start, its messages to people, its log and its exit code. What it does is in {@code commands}. */
@NullMarked
package io.unifiedmemory;

import org.jspecify.annotations.NullMarked;
