/**
 * What the memory browser asks for: the tools themselves for what they can do, and small questions of its own for what no
 * tool tells, such as where a memory is. Its page is in {@code src/main/web}. The server on stdio loads no class of this
 * package.
 */
@NullMarked
package io.unifiedmemory.browser;

import org.jspecify.annotations.NullMarked;
