/**
 * The built jar as its users meet it: real processes, real clients, a real upstream, real kills. Runs after packaging;
 * the npm packages that some of the tests drive are installed by {@code scripts/test}.
 */
@NullMarked
package io.unifiedmemory.e2e;

import org.jspecify.annotations.NullMarked;
