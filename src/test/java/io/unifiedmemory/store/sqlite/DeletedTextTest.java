package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.index.Erasure;
import io.unifiedmemory.unified.MovableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing of what was deleted or replaced is in any of the files, nor any of its words. */
@Timeout(120)
class DeletedTextTest {

    private static final Random RANDOM = new Random(11);

    @TempDir
    Path folder;

    private final List<String> gone = new ArrayList<>();
    private long clock;

    @Test
    void neitherAfterDeletesNorUpdatesNorCleanupsNorInABackup() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteStore store = new SqliteStore(database)) {
            fill(store, "user");
            fill(store, "deleted whole");
            awaitErased(database);
            store.store(entry("user", "deleted", goneWords(8), Map.of("note", goneWords(1))));
            store.store(entry("user", "long", goneWords(3_000), Map.of()));
            store.store(entry("user", "replaced", goneWords(8), Map.of("note", goneWords(1))));
            store.store(entry("user", "shortened", goneWords(3_000), Map.of()));
            store.store(entry("deleted whole", "key", goneWords(8), Map.of()));
            Instant old = Instant.ofEpochMilli(1_000);
            store.store(new MemoryEntry("user", "old", goneWords(8), Map.of(), old, old, version()));
            awaitErased(database);
            assertThat(found(gone)).as("before").isNotEmpty();

            store.delete("user", "deleted", version());
            store.delete("user", "long", version());
            store.store(entry("user", "replaced", "short", Map.of()));
            store.store(entry("user", "shortened", "short", Map.of()));
            store.deleteAll("deleted whole", version());
            store.expire("user", Instant.ofEpochMilli(2_000), version());
            Backup.of(database, folder.resolve("backup.db"));
            assertThat(found(gone, folder.resolve("backup.db")))
                    .as("in a backup, made at once")
                    .isEmpty();
            awaitErased(database);

            assertThat(found(gone)).as("in all files").isEmpty();
        }
        assertThat(found(gone)).as("afterwards").isEmpty();
    }

    /** With a history, text stays until it is erased, outgrown, or too old; then it is gone as if it had not been kept. */
    @Test
    void norWhatHasLeftTheHistory() throws Exception {
        Path file = folder.resolve("memory.db");
        MovableClock clock = new MovableClock();
        HistoryOptions history = new HistoryOptions(Duration.ofDays(30), 2, 1 << 20);
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file).with(history));
                SqliteStore store = new SqliteStore(database, clock)) {
            fill(store, "user");
            for (String key : List.of("erased", "old")) {
                store.store(entry("user", key, goneWords(3_000), Map.of("note", goneWords(1))));
                store.store(entry("user", key, goneWords(8), Map.of("note", goneWords(1))));
            }
            store.store(entry("all erased", "key", goneWords(40), Map.of()));
            store.deleteAll("all erased", version());
            store.store(entry("user", "many", goneWords(40), Map.of()));
            store.delete("user", "old", version());
            awaitErased(database);
            assertThat(found(List.of(gone.get(0)))).as("kept").isNotEmpty();
            assertThat(found(List.of(gone.get(gone.size() - 1)))).isNotEmpty();

            store.erase("user", "erased", version(), true);
            store.eraseAll("all erased", version(), true);
            IntStream.range(0, 3).forEach(i -> store.store(entry("user", "many", "short " + i, Map.of())));
            clock.advance(Duration.ofDays(31));
            assertThat(store.history().forget(3)).isEqualTo(3);
            while (store.history().forget(3) > 0) {}
            awaitErased(database);

            assertThat(found(gone)).as("in all files").isEmpty();
            assertThat(store.history().list("user", null, null, 10, Long.MAX_VALUE))
                    .isEmpty();
        }
        assertThat(found(gone)).as("afterwards").isEmpty();
    }

    @Test
    void norAfterAKillAndTheNextStart() throws Exception {
        Path file = folder.resolve("memory.db");
        try (ChildJvm child = ChildJvm.start(List.of(), WriterMain.class, file.toString(), "one", "100000")) {
            child.await("ready");
            child.writeLine("go");
            child.await("ack 60");
            child.kill();
            child.awaitEnd();
        }
        SqliteDatabase killed = new SqliteDatabase(SqliteOptions.of(file));
        killed.write(tx -> new MemoryTable().store(tx, entry("user", "deleted", goneWords(2_000), Map.of())));
        killed.write(tx -> new MemoryTable().delete(tx, "user", "deleted", version()));
        Path copy = Files.createDirectory(folder.resolve("copy"));
        for (Path one : files(folder)) {
            if (!one.toString().endsWith("-shm")) {
                Files.copy(one, copy.resolve(one.getFileName()));
            }
        }
        killed.close();
        assertThat(found(gone, copy.resolve("memory.db-wal")))
                .as("as a kill leaves it")
                .isNotEmpty();

        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(copy.resolve("memory.db")));
                SqliteStore store = new SqliteStore(database)) {
            assertThat(store.check().up()).isTrue();
            awaitErased(database);

            for (Path one : files(copy)) {
                assertThat(found(gone, one)).as(one.toString()).isEmpty();
            }
        }
    }

    @Test
    void norWhatTheIndexNeverKnew() throws Exception {
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
                SqliteStore store = new SqliteStore(database)) {
            store.store(entry("user", "deleted", goneWords(8), Map.of()));
            store.delete("user", "deleted", version());
            store.store(entry("user", "replaced", goneWords(8), Map.of()));
            store.store(entry("user", "replaced", goneWords(8), Map.of()));
            store.store(entry("user", "replaced", "short", Map.of()));
            store.store(entry("user", "deleted and back", goneWords(8), Map.of()));
            store.delete("user", "deleted and back", version());
            store.store(entry("user", "deleted and back", "short", Map.of()));
            awaitErased(database);

            assertThat(found(gone)).isEmpty();
        }
    }

    /** How a text that the outbox holds gets out of it. */
    enum WayOut {
        CONFIRMED,
        OVERTAKEN_BY_A_TEXT,
        OVERTAKEN_BY_A_DELETE,
        OVERTAKEN_BY_A_DELETE_OF_ALL,
        CLEANED_UP,
        DROPPED,
        FORGOTTEN
    }

    private static void leave(SqliteStore store, OutboxEntry owed, WayOut wayOut) {
        switch (wayOut) {
            case CONFIRMED -> store.outbox().acknowledge(List.of(owed));
            case OVERTAKEN_BY_A_TEXT ->
                owe(store, owed(Operation.STORE, owed.key(), 50_000, entry("user", owed.key(), "short", 50_000)));
            case OVERTAKEN_BY_A_DELETE -> owe(store, owed(Operation.DELETE, owed.key(), 50_000, null));
            case OVERTAKEN_BY_A_DELETE_OF_ALL -> owe(store, owed(Operation.DELETE_ALL, "", 50_000, null));
            case CLEANED_UP -> {
                HlcTimestamp version = HlcTimestamp.atMillis(50_000);
                Instant cutoff = Instant.ofEpochMilli(49_000);
                owe(store, new OutboxEntry("team", Operation.EXPIRE, "user", "", version, null, cutoff, 0, 0));
            }
            case DROPPED -> {
                store.outbox().deadLetter(owed, "refused");
                store.outboxAdmin().drop("team");
            }
            case FORGOTTEN -> store.outboxAdmin().dropAll("team");
        }
    }

    /** As with SQLite disabled, when nobody calls the store. */
    @ParameterizedTest
    @EnumSource
    void norWhatOnlyTheOutboxHeld(WayOut wayOut) throws Exception {
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
                SqliteStore store = new SqliteStore(database)) {
            List<OutboxEntry> texts = IntStream.range(0, 20)
                    .mapToObj(i ->
                            owed(Operation.STORE, "key " + i, i + 1, entry("user", "key " + i, goneWords(40), i + 1)))
                    .toList();
            texts.forEach(owed -> owe(store, owed));
            assertThat(found(gone)).as("before").isNotEmpty();

            texts.forEach(owed -> leave(store, owed, wayOut));
            awaitErased(database);

            assertThat(found(gone)).isEmpty();
            assertThat(store.check().up()).isTrue();
        }
    }

    @Test
    void norWhatAnUpstreamSaidOfIt() throws Exception {
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
                SqliteStore store = new SqliteStore(database)) {
            OutboxEntry owed = owed(Operation.STORE, "key", 1, null);
            owe(store, owed);
            store.outbox().postpone(owed, 0, 0, "I do not take " + goneWords(8));
            store.outbox().acknowledge(List.of(owed));
            awaitErased(database);

            assertThat(found(gone)).isEmpty();
            assertThat(store.check().up()).isTrue();
        }
    }

    /** As the command does that drops what is owed, beside a server that rests. */
    @Test
    void norWhatAnotherProcessDropped() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteStore store = new SqliteStore(database)) {
            assertThat(store.check().up()).isTrue();
            try (SqliteDatabase other = new SqliteDatabase(SqliteOptions.of(file))) {
                SqliteStore command = new SqliteStore(other);
                owe(command, owed(Operation.STORE, "key", 1, entry("user", "key", goneWords(40), 1)));
                command.outboxAdmin().dropAll("team");
            }
            awaitErased(database);

            assertThat(found(gone)).isEmpty();
        }
    }

    @Test
    void norWhatTheCommandItselfDroppedWithoutAServer() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file))) {
            SqliteStore store = new SqliteStore(database);
            owe(store, owed(Operation.STORE, "key", 1, entry("user", "key", goneWords(40), 1)));
            store.outboxAdmin().dropAll("team");
            Erasure.eraseNow(database);

            assertThat(found(gone)).isEmpty();
        }
    }

    @Test
    void norKeysWhoseDeletesAreForgotten() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteStore store = new SqliteStore(database)) {
            store.store(entry("user", goneWords(2), "short", Map.of()));
            store.delete("user", String.join(" ", gone), version());
            awaitErased(database);
            assertThat(store.tombstones().forget(HlcTimestamp.atMillis(clock + 1), 10))
                    .isEqualTo(1);
            awaitErased(database);

            assertThat(found(gone)).isEmpty();
        }
    }

    /** Builds that did not overwrite anything left it in unused parts of pages. */
    @Test
    void norWhatAnEarlierBuildLeft() throws Exception {
        Path file = OldFile.copy(6, folder.resolve("memory.db"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO memory VALUES (1001, 'u', 'kept', 'short', '{}', 1, 1, 1);"
                    + " INSERT INTO memory VALUES (1002, 'u', 'gone', '" + goneWords(3_000) + "', '{}', 1, 1, 1);"
                    + " DELETE FROM memory WHERE id = 1002; DELETE FROM search_pending WHERE id = 1002;");
        }
        assertThat(found(gone)).as("before").isNotEmpty();
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteStore store = new SqliteStore(database)) {
            assertThat(store.retrieve("u", "kept")).isInstanceOf(Lookup.Found.class);
            awaitErased(database);

            assertThat(found(gone)).isEmpty();
        }
    }

    private static void owe(SqliteStore store, OutboxEntry owed) {
        store.commit(new Subject(owed.userId(), null), tx -> {
            tx.owe(owed);
            return owed;
        });
    }

    private static OutboxEntry owed(Operation operation, String key, long millis, @Nullable MemoryEntry text) {
        return new OutboxEntry("team", operation, "user", key, HlcTimestamp.atMillis(millis), text, null, 0, 0);
    }

    private static MemoryEntry entry(String user, String key, String value, long millis) {
        Instant time = Instant.ofEpochMilli(millis);
        return new MemoryEntry(user, key, value, Map.of(), time, time, HlcTimestamp.atMillis(millis));
    }

    private void fill(SqliteStore store, String user) {
        IntStream.range(0, 200).forEach(i -> store.store(entry(user, "key " + i, words(20), Map.of())));
    }

    private static void awaitErased(SqliteDatabase database) {
        long left = 1;
        while (left > 0) {
            left = database.<Long>read(session -> session.number("SELECT count(*) FROM search_pending")
                    + session.number("SELECT count(*) FROM lease" + " WHERE name = 'erasure'"));
            Thread.onSpinWait();
        }
    }

    private List<String> found(List<String> words) throws Exception {
        List<String> found = new ArrayList<>();
        for (Path file : files(folder)) {
            if (!file.toString().endsWith("-shm")) {
                found.addAll(found(words, file));
            }
        }
        return found;
    }

    private static List<String> found(List<String> words, Path file) throws Exception {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        return words.stream()
                .distinct()
                .filter(content::contains)
                .limit(5)
                .map(word -> file.getFileName() + ": " + word)
                .toList();
    }

    private static List<Path> files(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private String goneWords(int count) {
        String words = words(count);
        gone.addAll(List.of(words.split(" ", -1)));
        return words;
    }

    /** Words that nobody else has. */
    private static String words(int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder word = new StringBuilder();
            RANDOM.ints(12, 'a', 'z' + 1).forEach(c -> word.append((char) c));
            words.add(word.toString());
        }
        return String.join(" ", words);
    }

    private MemoryEntry entry(String user, String key, String value, Map<String, Object> metadata) {
        HlcTimestamp version = version();
        Instant time = Instant.ofEpochMilli(version.millis() + 10_000);
        return new MemoryEntry(user, key, value, metadata, time, time, version);
    }

    private HlcTimestamp version() {
        return HlcTimestamp.atMillis(++clock);
    }
}
