/**
 * What those see who run the server over HTTP: whether it is ready, and how it does. Nothing of it is loaded by the server
 * on stdio.
 */
@NullMarked
package io.unifiedmemory.monitoring;

import org.jspecify.annotations.NullMarked;
