package io.unifiedmemory.store.postgres.db;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row of a result. Columns are numbered from 1, as in JDBC. Immutable. */
public final class Row {

    private final @Nullable Object[] values;

    Row(@Nullable Object[] values) {
        this.values = values;
    }

    private Object value(int column) {
        return Objects.requireNonNull(values[column - 1], () -> "column " + column + " is null");
    }

    public boolean isNull(int column) {
        return values[column - 1] == null;
    }

    /** A number that is not null. */
    public long number(int column) {
        return ((Number) value(column)).longValue();
    }

    /** A number; null where there is none. */
    public @Nullable Long numberOrNull(int column) {
        return isNull(column) ? null : number(column);
    }

    /** A text that is not null. */
    public String text(int column) {
        return EscapedText.read((String) value(column));
    }

    /** A text; null where there is none. */
    public @Nullable String textOrNull(int column) {
        return isNull(column) ? null : text(column);
    }

    public boolean flag(int column) {
        return (Boolean) value(column);
    }

    public byte[] bytes(int column) {
        return (byte[]) value(column);
    }

    public UUID uuid(int column) {
        return (UUID) value(column);
    }
}
