package io.unifiedmemory.search.meaning;

/** Tells what queries mean. Thread-safe. Never throws, and never takes longer than a search can wait. */
@FunctionalInterface
public interface QueryVectors {

    /** Without a model. */
    QueryVectors NONE = query -> QueryMeaning.UNKNOWN;

    /** What a query means, as far as that can be said now. */
    QueryMeaning of(String query);
}
