/** Contracts: which tools of a server mean store, retrieve and so on, and how its replies are read. */
@NullMarked
package io.unifiedmemory.upstream.contract;

import org.jspecify.annotations.NullMarked;
