/**
 * From one JSON file, environment variables and flags to the options that the other packages define: parsing and checking
 * only, nothing is started here.
 */
@NullMarked
package io.unifiedmemory.config;

import org.jspecify.annotations.NullMarked;
