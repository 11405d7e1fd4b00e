package io.unifiedmemory.search.meaning;

import org.jspecify.annotations.Nullable;

/** Tells what queries mean. Thread-safe. Never throws, and never takes longer than a search can wait. */
@FunctionalInterface
public interface QueryVectors {

    /** Without a model. */
    QueryVectors NONE = query -> null;

    /** The vector of a query; null when there is no model, or it does not say so now. */
    @Nullable
    QueryVector of(String query);
}
