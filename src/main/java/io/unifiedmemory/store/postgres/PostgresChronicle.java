package io.unifiedmemory.store.postgres;

import io.unifiedmemory.memory.spi.Chronicle;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.EpochMillis;
import io.unifiedmemory.store.postgres.db.Owners;
import io.unifiedmemory.store.postgres.db.PostgresDatabase;
import io.unifiedmemory.store.postgres.db.Result;
import io.unifiedmemory.store.postgres.db.Row;
import io.unifiedmemory.store.postgres.db.Sql;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The memories in the database by time. Thread-safe. */
final class PostgresChronicle implements Chronicle {

    private static final String HELD = " FROM unified_memory.memory WHERE owner = ?"
            + " AND (expires_at IS NULL OR expires_at > ? OR stamped <> version)";

    private static final String COUNT = "SELECT count(*)" + HELD;

    /** Keys settle what the index leaves open, so that every part is of the same row. */
    private static final String NEWEST = "SELECT key, left(value, ?), metadata, updated_at" + HELD
            + " ORDER BY updated_at DESC NULLS LAST, version DESC, key LIMIT ? OFFSET ?";

    /** The remainder keeps the sign of what is divided, so a time before 1970 takes two steps to the start of its day. */
    private static final String DAYS = "SELECT n - (n % ? + ?) % ? AS day, sum(created)::bigint, sum(changed)::bigint"
            + " FROM (SELECT created_at + ? AS n, 1 AS created, 0 AS changed" + HELD
            + " AND created_at IS NOT NULL UNION ALL SELECT updated_at + ?, 0, 1" + HELD
            + " AND updated_at IS NOT NULL) m GROUP BY 1 ORDER BY 1";

    /** PostgreSQL reads no JSON that has U+0000 in it. */
    private static final String TAGS = "SELECT tag #>> '{}', count(*) FROM (SELECT json_array_elements("
            + "CASE json_typeof(metadata::json -> 'tags') WHEN 'array' THEN metadata::json -> 'tags'"
            + " ELSE json_build_array(metadata::json -> 'tags') END) AS tag" + HELD
            + " AND metadata LIKE '%\"tags\"%' AND strpos(metadata, '\\u0000') = 0) tags"
            + " WHERE json_typeof(tag) = 'string' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?";

    private final PostgresDatabase database;

    PostgresChronicle(PostgresDatabase database) {
        this.database = database;
    }

    @Override
    public Part newest(String userId, long skip, int limit, int chars, Instant now) {
        UUID owner = Owners.of(userId);
        long millis = now.toEpochMilli();
        List<Result> results =
                database.run(List.of(Sql.of(NEWEST, chars, owner, millis, limit, skip), Sql.of(COUNT, owner, millis)));
        List<Line> lines =
                results.get(0).rows().stream().map(PostgresChronicle::line).toList();
        return new Part(lines, results.get(1).number());
    }

    private static Line line(Row row) {
        String metadata = row.text(3);
        @Nullable Long updated = row.numberOrNull(4);
        return new Line(
                row.text(1),
                row.text(2),
                metadata.equals("{}") ? Map.of() : Json.parseObject(metadata),
                updated == null ? null : Instant.ofEpochMilli(updated));
    }

    @Override
    public List<Day> days(String userId, Duration east, Instant now) {
        UUID owner = Owners.of(userId);
        long shift = east.toMillis();
        long millis = now.toEpochMilli();
        Sql days = Sql.of(
                DAYS,
                EpochMillis.OF_A_DAY,
                EpochMillis.OF_A_DAY,
                EpochMillis.OF_A_DAY,
                shift,
                owner,
                millis,
                shift,
                owner,
                millis);
        return database.run(days).rows().stream()
                .map(row -> new Day(
                        LocalDate.ofEpochDay(row.number(1) / EpochMillis.OF_A_DAY), row.number(2), row.number(3)))
                .toList();
    }

    @Override
    public List<Tag> tags(String userId, int limit, Instant now) {
        return database.run(Sql.of(TAGS, Owners.of(userId), now.toEpochMilli(), limit)).rows().stream()
                .map(row -> new Tag(row.text(1), row.number(2)))
                .toList();
    }
}
