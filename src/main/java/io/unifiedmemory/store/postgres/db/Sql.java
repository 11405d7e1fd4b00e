package io.unifiedmemory.store.postgres.db;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement with its arguments. Immutable.
 *
 * @param text one statement, with a question mark for each argument
 * @param arguments texts, numbers, UUIDs, bytes, and lists of texts, numbers or bytes, which become arrays
 */
public record Sql(String text, List<@Nullable Object> arguments) {

    /** A text that is given to the database as it is. */
    public record Raw(String text) {}

    /** A statement with its arguments, in the order of the question marks. */
    public static Sql of(String text, @Nullable Object... arguments) {
        return new Sql(text, Collections.unmodifiableList(Arrays.asList(arguments)));
    }
}
