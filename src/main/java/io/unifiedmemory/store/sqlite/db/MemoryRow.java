package io.unifiedmemory.store.sqlite.db;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.util.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the row of a memory. Stateless. */
public final class MemoryRow {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryRow.class);

    /** The columns that {@link #entry} reads. */
    public static final String COLUMNS =
            "key, value, metadata, created_at, updated_at, version, expires_at, written_by, stamped";

    /** How many columns that are. */
    public static final int WIDTH = 9;

    private MemoryRow() {}

    /**
     * Reads {@link #COLUMNS}, the first columns of a row. A process of an earlier build that runs beside this one replaces a
     * memory without its expiry and writer: these count only for the version that they were written with.
     */
    public static MemoryEntry entry(ResultSet row, String userId) throws SQLException {
        String metadata = row.getString(3);
        long version = row.getLong(6);
        boolean isStamped = row.getLong(9) == version;
        return new MemoryEntry(
                userId,
                key(row),
                value(row),
                metadata.equals("{}") ? Map.of() : Json.parseObject(metadata),
                instant(row, 4),
                instant(row, 5),
                new HlcTimestamp(version),
                isStamped ? instant(row, 7) : null,
                isStamped ? row.getString(8) : null);
    }

    /**
     * Reads a row of a list, where one damaged memory must not hide the others; null for a damaged one, which is
     * logged.
     */
    public static @Nullable MemoryEntry readable(ResultSet row, String userId) throws SQLException {
        try {
            return entry(row, userId);
        } catch (RuntimeException e) {
            LOG.warn("a search passes over the memory {} of {}, which is damaged: {}", key(row), userId, e);
            return null;
        }
    }

    /** Reads the key alone. */
    public static String key(ResultSet row) throws SQLException {
        return row.getString(1);
    }

    /** Reads the text alone. */
    public static String value(ResultSet row) throws SQLException {
        return row.getString(2);
    }

    /** A time in the form of a column. */
    public static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return millis == 0 && row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
