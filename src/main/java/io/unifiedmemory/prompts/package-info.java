/**
 * Texts for a model: the prompts that a person can choose, and memories as a part of a text. This package knows nothing
 * about protocols and transports.
 */
@NullMarked
package io.unifiedmemory.prompts;

import org.jspecify.annotations.NullMarked;
