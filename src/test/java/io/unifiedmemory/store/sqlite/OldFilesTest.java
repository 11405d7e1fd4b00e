package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.OutboxAdmin.Backlog;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.db.SchemaText;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.index.IndexBuild;
import io.unifiedmemory.store.sqlite.index.SearchIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that builds of every schema wrote keep everything, whatever steps they take. */
class OldFilesTest {

    @TempDir
    Path folder;

    static IntStream schemas() {
        return IntStream.rangeClosed(1, SchemaText.newest());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void memoriesAreTheSame(int schema) throws Exception {
        Path file = copy(schema);
        List<List<Object>> before = OldFile.rows(
                file,
                "SELECT user_id, key, created_at, updated_at, version FROM memory ORDER BY user_id, key, version");
        assertThat(before).hasSameSizeAs(OldFile.MEMORIES);

        try (SqliteDatabase database = open(file);
                SqliteStore backend = new SqliteStore(database)) {
            List<List<Object>> after = new ArrayList<>();
            for (List<Object> row : before) {
                MemoryEntry entry = found(backend, (String) row.get(0), (String) row.get(1));
                after.add(List.of(
                        entry.userId(),
                        entry.key(),
                        Objects.requireNonNull(entry.createdAt()).toEpochMilli(),
                        Objects.requireNonNull(entry.updatedAt()).toEpochMilli(),
                        entry.version().stamp()));
            }
            assertThat(after).isEqualTo(before);
            for (OldFile.Memory memory : OldFile.MEMORIES) {
                MemoryEntry entry = found(backend, memory.user(), memory.key());
                assertThat(entry.value()).isEqualTo(memory.value());
                assertThat(Json.writeSorted(entry.metadata())).isEqualTo(Json.writeSorted(memory.metadata()));
            }
            assertThat(found(backend, "ann", "city"))
                    .satisfies(city -> assertThat(city.createdAt())
                            .as("of a memory that was replaced")
                            .isBefore(city.updatedAt()));
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void whatWasDeletedStaysDeleted(int schema) throws Exception {
        Path file = copy(schema);
        List<List<Object>> before = OldFile.rows(file, "SELECT key, version FROM tombstone ORDER BY key");
        long deleteOfAll = (Long) OldFile.rows(file, "SELECT version FROM user_tombstone WHERE user_id = 'carl'")
                .get(0)
                .get(0);
        assertThat(before).extracting(row -> row.get(0)).containsExactly("address", "password");

        try (SqliteDatabase database = open(file);
                SqliteStore backend = new SqliteStore(database)) {
            assertThat(backend.retrieve("ann", "address"))
                    .isEqualTo(deleted(before.get(0).get(1)));
            assertThat(backend.retrieve("bob", "password"))
                    .isEqualTo(deleted(before.get(1).get(1)));
            assertThat(backend.retrieve("carl", "house")).isEqualTo(deleted(deleteOfAll));
            HlcTimestamp late = new HlcTimestamp(deleteOfAll - 1);
            backend.store(new MemoryEntry("carl", "house", "older than the delete", Map.of(), null, null, late));
            assertThat(backend.retrieve("carl", "house")).isEqualTo(deleted(deleteOfAll));
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void everyMemoryIsFoundByItsWordsBeforeAndAfterTheIndexIsBuilt(int schema) throws Exception {
        Path file = copy(schema);
        try (SqliteDatabase database = open(file);
                SqliteStore backend = new SqliteStore(database)) {
            assertFound(backend);

            IndexBuild build = new IndexBuild(new SearchIndex());
            int percent = 0;
            while (percent != IndexBuild.COMPLETE) {
                percent = database.<Integer>write(build::step);
            }
            UpToDate.bring(database);
            assertFound(backend);
            assertThat(number(database, "SELECT count(*) FROM search_entry")).isEqualTo(OldFile.MEMORIES.size());

            backend.rebuildIndex(done -> {});
            assertFound(backend);
        }
    }

    private static void assertFound(SqliteStore backend) {
        for (OldFile.Memory memory : OldFile.MEMORIES) {
            for (String word : memory.words()) {
                assertThat(keys(backend, memory.user(), word)).as(word).containsExactly(memory.key());
            }
        }
        OldFile.GONE.forEach((user, words) -> {
            for (String word : words) {
                assertThat(keys(backend, user, word)).as(word).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void whatIsOwedIsStillOwed(int schema) throws Exception {
        Path file = copy(schema);
        String owed = "SELECT backend, user_id, scope, key, operation, version, payload, attempts, due_at, dead, error"
                + " FROM outbox ORDER BY backend, user_id, scope, key";
        List<List<Object>> before = OldFile.rows(file, owed);
        assertThat(before).hasSize(17);

        try (SqliteDatabase database = open(file)) {
            SqliteStore store = new SqliteStore(database);
            assertThat(store.outboxAdmin().backlog(OldFile.DOWN))
                    .returns(16L, Backlog::pending)
                    .returns(0L, Backlog::dead);
            assertThat(store.outboxAdmin().backlog(OldFile.STRICT))
                    .returns(0L, Backlog::pending)
                    .returns(1L, Backlog::dead);
            List<OutboxEntry> due = store.outbox().due(OldFile.DOWN, Long.MAX_VALUE, 6_000, 100);
            List<String> expected = new ArrayList<>(List.of("ann address", "bob password", "carl "));
            OldFile.MEMORIES.forEach(memory -> expected.add(memory.user() + " " + memory.key()));
            assertThat(due)
                    .extracting(letter -> letter.userId() + " " + letter.key())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(OldFile.rows(file, owed)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void theFileIsSoundHasTheNewestSchemaAndTakesNoStepTwice(int schema) throws Exception {
        Path file = copy(schema);
        assertThat(OldFile.rows(file, "PRAGMA user_version")).containsExactly(List.of(schema));
        long changes;
        try (SqliteDatabase database = open(file)) {
            assertThat(database.<String>read(session -> session.text("PRAGMA integrity_check")))
                    .isEqualTo("ok");
            assertThat(database.<String>read(SchemaText::of)).isEqualTo(SchemaText.frozen());
            assertThat(number(database, "PRAGMA user_version")).isEqualTo(SchemaText.newest());
            changes = number(database, "PRAGMA schema_version");
        }
        try (SqliteDatabase database = open(file)) {
            assertThat(number(database, "PRAGMA schema_version")).isEqualTo(changes);
            assertThat(number(database, "SELECT count(*) FROM memory")).isEqualTo(OldFile.MEMORIES.size());
        }
    }

    private Path copy(int schema) throws IOException {
        return OldFile.copy(schema, folder.resolve("memory.db"));
    }

    private static SqliteDatabase open(Path file) {
        return new SqliteDatabase(SqliteOptions.of(file));
    }

    private static MemoryEntry found(SqliteStore backend, String user, String key) {
        Lookup lookup = backend.retrieve(user, key);
        assertThat(lookup).isInstanceOf(Lookup.Found.class);
        return ((Lookup.Found) lookup).entry();
    }

    private static Lookup deleted(Object version) {
        return new Lookup.Deleted(new HlcTimestamp((Long) version));
    }

    private static List<String> keys(SqliteStore backend, String user, String query) {
        return backend.search(new SearchRequest(user, Query.of(query), 50)).entries().stream()
                .map(MemoryEntry::key)
                .toList();
    }

    private static long number(SqliteDatabase database, String sql) {
        return database.<Long>read(session -> session.number(sql));
    }
}
