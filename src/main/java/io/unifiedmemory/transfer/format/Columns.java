package io.unifiedmemory.transfer.format;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a table holds what. Immutable.
 *
 * @param user null where the table is of one user
 * @param created null where it has no such column
 * @param updated null likewise
 */
record Columns(
        @Nullable String user,
        String key,
        String value,
        @Nullable String created,
        @Nullable String updated) {

    private static final List<String> USER = List.of(
            "user_id", "userid", "user", "username", "user_name", "owner", "uid", "chat_id", "account", "author");
    private static final List<String> KEY =
            List.of("key", "memory_key", "mem_key", "k", "name", "title", "topic", "slug", "field", "subject");
    private static final List<String> VALUE =
            List.of("value", "memory_value", "val", "v", "content", "text", "memory", "data", "body", "note", "fact");
    private static final List<String> CREATED =
            List.of("created_at", "created", "createdat", "create_time", "inserted_at", "added_at", "date_created");
    private static final List<String> UPDATED = List.of(
            "updated_at",
            "updated",
            "updatedat",
            "update_time",
            "modified_at",
            "modified",
            "last_updated",
            "mtime",
            "timestamp",
            "ts",
            "time",
            "date");

    /** The columns of a table by their usual names; null when it has no key or no value. */
    static @Nullable Columns among(Collection<String> columns) {
        return with(columns, Map.of());
    }

    /**
     * The columns of a table.
     *
     * @param named what somebody said: {@code user}, {@code key}, {@code value}, {@code created} and {@code updated}, each with
     *     its column
     * @return null when the table has no key or no value
     */
    static @Nullable Columns with(Collection<String> columns, Map<String, String> named) {
        String key = first(columns, named.get("key"), KEY);
        String value = first(columns, named.get("value"), VALUE);
        return key == null || value == null
                ? null
                : new Columns(
                        first(columns, named.get("user"), USER),
                        key,
                        value,
                        first(columns, named.get("created"), CREATED),
                        first(columns, named.get("updated"), UPDATED));
    }

    private static @Nullable String first(Collection<String> columns, @Nullable String named, List<String> usual) {
        List<String> wanted = named == null ? usual : List.of(named.toLowerCase(Locale.ROOT));
        return wanted.stream()
                .flatMap(name -> columns.stream()
                        .filter(column -> column.toLowerCase(Locale.ROOT).equals(name)))
                .findFirst()
                .orElse(null);
    }

    /** Whether a column is one of these. */
    boolean isUsed(String column) {
        return Stream.of(user, key, value, created, updated)
                .filter(Objects::nonNull)
                .anyMatch(column::equals);
    }
}
