/**
 * Promises that only trouble tests: real servers and real upstreams are killed, frozen and restarted while they work,
 * and what they acknowledged is held against what is found afterwards.
 */
@NullMarked
package io.unifiedmemory.chaos;

import org.jspecify.annotations.NullMarked;
