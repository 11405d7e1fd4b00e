package io.unifiedmemory.transfer.format;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which table of a database is meant, and which of its columns hold what. Immutable.
 *
 * @param table null for the only one that looks like it
 * @param columns names for {@code user}, {@code key}, {@code value}, {@code created} and {@code updated}; what is not named is
 *     found by the usual names
 */
public record TableChoice(@Nullable String table, Map<String, String> columns) {

    /** A table that is found by itself. */
    public static final TableChoice NONE = new TableChoice(null, Map.of());

    public TableChoice {
        columns = Map.copyOf(columns);
    }
}
