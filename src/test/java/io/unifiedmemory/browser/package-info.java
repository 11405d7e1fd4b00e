/** The memory browser: its sources, and its page in a real browser. */
@NullMarked
package io.unifiedmemory.browser;

import org.jspecify.annotations.NullMarked;
