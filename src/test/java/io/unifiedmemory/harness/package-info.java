/** What several kinds of tests need to start the built jar and to speak with it as a client does. */
@NullMarked
package io.unifiedmemory.harness;

import org.jspecify.annotations.NullMarked;
