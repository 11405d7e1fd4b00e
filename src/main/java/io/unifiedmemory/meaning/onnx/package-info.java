/** The ONNX Runtime. Its classes are in the add-on, so a loader of its own defines this package. */
@NullMarked
package io.unifiedmemory.meaning.onnx;

import org.jspecify.annotations.NullMarked;
