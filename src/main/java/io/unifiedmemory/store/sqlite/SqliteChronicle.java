package io.unifiedmemory.store.sqlite;

import io.unifiedmemory.memory.spi.Chronicle;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.EpochMillis;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The memories in the database file by time. Thread-safe. */
final class SqliteChronicle implements Chronicle {

    /** What has expired is few, and found by its own index: no other memory has to be read to leave it out. */
    private static final String HELD = " FROM memory WHERE user_id = ?1 AND id NOT IN ("
            + "SELECT id FROM memory INDEXED BY memory_by_expiry"
            + " WHERE expires_at <= ?2 AND user_id = ?1 AND stamped = version)";

    private static final String COUNT = "SELECT count(*)" + HELD;

    /** Ids settle what the index leaves open, so that every part is of the same row. Only what is shown is read. */
    private static final String NEWEST =
            "SELECT key, substr(value, 1, ?5), metadata, updated_at FROM memory WHERE id IN"
                    + " (SELECT id" + HELD + " ORDER BY updated_at DESC, version DESC, id DESC LIMIT ?3 OFFSET ?4)"
                    + " ORDER BY updated_at DESC, version DESC, id DESC";

    private static final String DAYS = "SELECT day, sum(created), sum(changed) FROM ("
            + "SELECT (created_at + ?3) / ?4 AS day, count(*) AS created, 0 AS changed" + HELD
            + " AND created_at IS NOT NULL GROUP BY 1 UNION ALL "
            + "SELECT (updated_at + ?3) / ?4, 0, count(*)" + HELD
            + " AND updated_at IS NOT NULL GROUP BY 1) GROUP BY day ORDER BY day";

    /** Few memories are tagged, and only their metadata is read as JSON. */
    private static final String TAGS = "SELECT tags.value, count(*) FROM (SELECT metadata" + HELD
            + " AND metadata LIKE '%\"tags\"%' AND json_valid(metadata)) AS tagged, json_each(tagged.metadata, '$.tags') AS tags"
            + " WHERE tags.type = 'text' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?3";

    private final SqliteDatabase database;

    SqliteChronicle(SqliteDatabase database) {
        this.database = database;
    }

    @Override
    public Part newest(String userId, long skip, int limit, int chars, Instant now) {
        return database.read(handle -> handle.snapshot(tx -> {
            List<Line> lines = new ArrayList<>();
            try (ResultSet rows = tx.query(NEWEST, userId, now.toEpochMilli(), limit, skip, chars)) {
                while (rows.next()) {
                    String metadata = rows.getString(3);
                    long updated = rows.getLong(4);
                    lines.add(new Line(
                            rows.getString(1),
                            rows.getString(2),
                            metadata.equals("{}") ? Map.of() : Json.parseObject(metadata),
                            rows.wasNull() ? null : Instant.ofEpochMilli(updated)));
                }
            }
            return new Part(lines, tx.number(COUNT, userId, now.toEpochMilli()));
        }));
    }

    @Override
    public List<Day> days(String userId, Duration east, Instant now) {
        return database.read(handle -> {
            List<Day> days = new ArrayList<>();
            try (ResultSet rows =
                    handle.query(DAYS, userId, now.toEpochMilli(), east.toMillis(), EpochMillis.OF_A_DAY)) {
                while (rows.next()) {
                    days.add(new Day(LocalDate.ofEpochDay(rows.getLong(1)), rows.getLong(2), rows.getLong(3)));
                }
            }
            return days;
        });
    }

    @Override
    public List<Tag> tags(String userId, int limit, Instant now) {
        return database.read(handle -> {
            List<Tag> tags = new ArrayList<>();
            try (ResultSet rows = handle.query(TAGS, userId, now.toEpochMilli(), limit)) {
                while (rows.next()) {
                    tags.add(new Tag(rows.getString(1), rows.getLong(2)));
                }
            }
            return tags;
        });
    }
}
