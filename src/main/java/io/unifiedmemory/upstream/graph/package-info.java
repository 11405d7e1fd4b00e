/** The contract of {@code @modelcontextprotocol/server-memory}: memories as entities of a knowledge graph. */
@NullMarked
package io.unifiedmemory.upstream.graph;

import org.jspecify.annotations.NullMarked;
