package io.unifiedmemory.store.postgres.db;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads rows of memories. Stateless. */
public final class MemoryRow {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryRow.class);

    /** The columns that {@link #entry} reads. */
    public static final String COLUMNS =
            "key, value, metadata, created_at, updated_at, version, expires_at, written_by, stamped";

    private MemoryRow() {}

    /** The same columns of a table that has another name in the statement. */
    public static String columns(String alias) {
        return alias + "." + COLUMNS.replace(", ", ", " + alias + ".");
    }

    /**
     * Reads {@link #COLUMNS}, which begin at a column. An instance of an earlier release that runs beside this one replaces a
     * memory without its expiry and writer: these count only for the version that they were written with.
     */
    public static MemoryEntry entry(Row row, int first, String userId) {
        String metadata = row.text(first + 2);
        long version = row.number(first + 5);
        boolean isStamped = Objects.equals(row.numberOrNull(first + 8), version);
        return new MemoryEntry(
                userId,
                row.text(first),
                row.text(first + 1),
                metadata.equals("{}") ? Map.of() : Json.parseObject(metadata),
                instant(row.numberOrNull(first + 3)),
                instant(row.numberOrNull(first + 4)),
                new HlcTimestamp(version),
                isStamped ? instant(row.numberOrNull(first + 6)) : null,
                isStamped && !row.isNull(first + 7) ? row.text(first + 7) : null);
    }

    /**
     * Reads a row of a list, where one damaged memory must not hide the others; null for a damaged one, which is
     * logged.
     */
    public static @Nullable MemoryEntry readable(Row row, int first, String userId) {
        try {
            return entry(row, first, userId);
        } catch (RuntimeException e) {
            LOG.warn("a search passes over the memory {} of {}, which is damaged: {}", row.text(first), userId, e);
            return null;
        }
    }

    /** A time in the form of a column. */
    public static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    private static @Nullable Instant instant(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(Objects.requireNonNull(millis));
    }
}
