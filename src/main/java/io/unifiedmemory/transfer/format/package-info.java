/**
 * The formats: each reader turns a file into {@code Item}s, each writer turns memories into a file, one after the other, so
 * that no file has to fit into memory. Nothing here knows where memories are kept.
 */
@NullMarked
package io.unifiedmemory.transfer.format;

import org.jspecify.annotations.NullMarked;
