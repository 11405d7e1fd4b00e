/**
 * Memories on their way in and out: {@code Export} writes what the store of record holds, {@code Import} brings what a file
 * holds to every backend, and {@code Recognition} tells what kind of file it is. The formats themselves are in {@code
 * transfer.format}.
 */
@NullMarked
package io.unifiedmemory.transfer;

import org.jspecify.annotations.NullMarked;
