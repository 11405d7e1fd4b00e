package io.unifiedmemory.search.meaning;

import org.jspecify.annotations.Nullable;

/**
 * What a query means, or why that is not known. Immutable.
 *
 * @param vector null when it is not known
 * @param problem why it is not known although there is a model, in one sentence for whoever asked; null when nothing is the
 *     matter, and when there is no model
 */
public record QueryMeaning(
        @Nullable QueryVector vector, @Nullable String problem) {

    /** There is no model, or no meaning is asked for. */
    public static final QueryMeaning UNKNOWN = new QueryMeaning(null, null);

    /** A meaning that is known. */
    public static QueryMeaning of(QueryVector vector) {
        return new QueryMeaning(vector, null);
    }

    /** A meaning that is not known for now. */
    public static QueryMeaning unknown(String problem) {
        return new QueryMeaning(null, problem);
    }
}
