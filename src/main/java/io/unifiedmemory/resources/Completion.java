package io.unifiedmemory.resources;

import java.util.List;

/**
 * How a value that somebody has begun may go on. Immutable.
 *
 * @param values whole values, in the order in which to offer them
 * @param hasMore whether there are more than these
 */
public record Completion(List<String> values, boolean hasMore) {

    /** The most values that the protocol permits. */
    public static final int MOST = 100;

    /** For what nothing is known of. */
    public static final Completion NONE = new Completion(List.of(), false);

    public Completion {
        values = List.copyOf(values);
    }
}
