package io.unifiedmemory.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Owed;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    /** SHA-256 of each released step. */
    private static final List<String> RELEASED = List.of(
            "cb5bdffce0a04922f6b4165a140e86d63da71e5acd241365e0c0897740ee412c",
            "3ac3a2d0ff3fb093ac03c0a6146f9ab8310bfde242ce2071d7765b19439b7b1c",
            "c8a4ad1c6c5eb6a73a185d3371ff623180855a7930b33328f9c6dd83ab187bb4",
            "914b3c57f945e40bea889973af07393f0a232c13bc55474d0c5c20cd15dfadfc",
            "5a3410ea692e1a56e7df9a761fea21721167198bde1bc22da39769ab92fdbcd2",
            "76d8479a597ab715f8241e65bab61f3c7382dbd979c6e79e843292f37ca18ccd",
            "aed6b5103c5ee51583d194b83c7152895b0dc52553c40e6fa3c4931b837e94d0",
            "de7c2c14949a6ad6f805aa50d57625849805d9de5d2119ed465893d6c8a6d9ab");

    private static final Version NEWER = new Version(1L << 40);

    @TempDir
    Path folder;

    @Test
    void aReleasedStepIsNeverChanged() throws Exception {
        assertThat(Migrations.steps())
                .as("no step goes, and a new one's checksum belongs here, so that it stays once it is released")
                .hasSameSizeAs(RELEASED);
        for (int i = 0; i < RELEASED.size(); i++) {
            assertThat(sha256(Migrations.steps().get(i)))
                    .as(
                            "step %d was released, and there are files that have taken it as it was:"
                                    + " put its text back as it was and add a new step instead",
                            i + 1)
                    .isEqualTo(RELEASED.get(i));
        }
    }

    @Test
    void aNewFileHasTheSchemaThatIsWrittenDown() throws Exception {
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))) {
            assertThat(database.<String>read(SchemaText::of))
                    .as("what all steps lead to stands in schema.sql of the test resources")
                    .isEqualTo(SchemaText.frozen());
        }
    }

    @Test
    void aFileOfTheFirstSchemaKeepsItsMemoriesItsDeletesAndWhatItOwes() throws SQLException {
        Path file = folder.resolve("memory.db");
        run(file, Migrations.steps().get(0) + """
                INSERT INTO memory (id, user_id, key, value, metadata, created_at, updated_at, version)
                VALUES (1, 'u', 'tea', 'green tea in the morning', '{"kind":"habit"}', 1000, 2000, 131072000);
                INSERT INTO memory_text (rowid, key, value) VALUES (1, 'tea', 'green tea in the morning');
                INSERT INTO tombstone VALUES ('u', 'gone', 65536);
                INSERT INTO user_tombstone VALUES ('left', 65536);
                INSERT INTO outbox VALUES ('team', 'u', 'KEY', 'tea', 'STORE', 131072000, NULL, 2, 5000, 0, 'was down');
                INSERT INTO outbox VALUES ('team', 'u', 'KEY', 'gone', 'DELETE', 65536, NULL, 0, 0, 1, 'refused');
                PRAGMA user_version = 1;""");

        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteBackend backend = new SqliteBackend(database)) {
            SqliteOutbox outbox = new SqliteOutbox(database, Clock.systemUTC());

            assertThat(backend.retrieve("u", "tea")).isInstanceOfSatisfying(Lookup.Found.class, found -> {
                MemoryEntry entry = found.entry();
                assertThat(entry.value()).isEqualTo("green tea in the morning");
                assertThat(entry.version()).isEqualTo(new Version(131072000));
            });
            assertThat(backend.search(new SearchRequest("u", "morning", 5))).hasSize(1);
            assertThat(backend.retrieve("u", "gone")).isEqualTo(new Lookup.Deleted(new Version(65536)));
            assertThat(backend.retrieve("left", "any")).isEqualTo(new Lookup.Deleted(new Version(65536)));
            assertThat(outbox.backlog("team").pending()).isEqualTo(1);
            assertThat(outbox.backlog("team").dead()).isEqualTo(1);
            List<Owed> due = outbox.due("team", Long.MAX_VALUE, 6_000, 10);
            assertThat(due).hasSize(1);
            assertThat(due.get(0).key()).isEqualTo("tea");
            assertThat(due.get(0).attempts()).isEqualTo(2);
            assertThat(backend.delete("u", "tea", NEWER).count()).isEqualTo(1);
        }
    }

    @Test
    void anIndexOfEndingsOfWordsGivesWayToThatOfToday() throws SQLException {
        Path file = folder.resolve("memory.db");
        run(file, String.join("", Migrations.steps().subList(0, 4)) + """
                CREATE TABLE search_user (number INTEGER PRIMARY KEY, user_id TEXT, entries INTEGER, words INTEGER);
                CREATE TABLE search_entry (id INTEGER PRIMARY KEY, document INTEGER, user INTEGER, words INTEGER);
                CREATE TABLE search_word (user INTEGER, form TEXT, parts INTEGER, PRIMARY KEY (user, form)) WITHOUT ROWID;
                CREATE TABLE search_part (user INTEGER, tail TEXT, head TEXT);
                CREATE TABLE search_build (done INTEGER, last INTEGER);
                CREATE VIRTUAL TABLE search_term USING fts5 (terms, content = '', detail = none);
                INSERT INTO search_user VALUES (1, 'u', 1, 2);
                INSERT INTO search_part VALUES (1, 'ea', 't');
                INSERT INTO memory (id, user_id, key, value, metadata, created_at, updated_at, version)
                VALUES (1, 'u', 'tea', 'green tea in the morning', '{}', 1000, 2000, 131072000);
                PRAGMA user_version = 4;""");

        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteBackend backend = new SqliteBackend(database)) {
            assertThat(backend.search(new SearchRequest("u", "orni", 5))).hasSize(1);
            assertThat(database.<Long>read(
                            session -> session.number("SELECT count(*) FROM sqlite_schema WHERE name = 'search_part'")))
                    .isZero();
        }
    }

    @Test
    void aFileOfAnEarlierSchemaCountsAsTheOriginalUntilItIsPutBack() throws Exception {
        Path file = folder.resolve("memory.db");
        run(file, String.join("", Migrations.steps().subList(0, 7)) + """
                INSERT INTO comparison VALUES ('team', 5000);
                UPDATE clock SET newest = 65536, wall = 7000;
                PRAGMA user_version = 7;""");
        Path copy = Files.copy(file, folder.resolve("copy.db"));

        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file))) {
            SqliteOutbox outbox = new SqliteOutbox(database, Clock.systemUTC());
            assertThat(outbox.comparedMillis("team")).isEqualTo(5000);
            assertThat(outbox.usedMillis()).isEqualTo(7000);
            assertThat(outbox.isPutBack("team")).isFalse();
            assertThat(outbox.isPutBack("never compared")).isFalse();
        }
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(copy))) {
            SqliteOutbox outbox = new SqliteOutbox(database, Clock.systemUTC());
            assertThat(outbox.isPutBack("team")).isTrue();
            assertThat(outbox.isPutBack("never compared")).isTrue();
            assertThat(outbox.compared("team", 9000, outbox.file())).isTrue();
            assertThat(outbox.isPutBack("team")).isFalse();
            assertThat(outbox.isPutBack("never compared")).isTrue();
            assertThat(outbox.compared("team", 9500, outbox.file() - 1))
                    .as("of the file that was open before")
                    .isFalse();
            assertThat(outbox.comparedMillis("team")).isEqualTo(9000);
        }
    }

    private static String sha256(String step) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(step.getBytes(StandardCharsets.UTF_8)));
    }

    private static void run(Path file, String script) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(script);
        }
    }
}
