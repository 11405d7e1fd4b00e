package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal or its index is deleted or replaced while processes write, and these are killed then. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "files that are in use cannot be deleted there")
class LostJournalTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-wal -shm"})
    void whatOneProcessAcknowledgedIsThereAfterAKill(String deleted) throws Exception {
        Path file = folder.resolve("memory.db");
        try (ChildJvm child = writer(file, "one")) {
            acknowledged(child, 100);
            delete(file, deleted);
            int acknowledged = acknowledgedFromNow(child, 100);
            acknowledged += killed(child);

            assertHolds(file, "one", acknowledged);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-wal -shm"})
    void whatSeveralProcessesAcknowledgedIsThereAfterAKill(String deleted) throws Exception {
        Path file = folder.resolve("memory.db");
        try (ChildJvm one = writer(file, "one");
                ChildJvm two = writer(file, "two")) {
            int ofOne = acknowledged(one, 50);
            int ofTwo = acknowledged(two, 50);
            for (int time = 0; time < 3; time++) {
                delete(file, deleted);
                ofOne = acknowledgedFromNow(one, 50);
                ofTwo = acknowledgedFromNow(two, 50);
            }
            ofOne += killed(one);
            ofTwo += killed(two);

            assertHolds(file, "one", ofOne);
            assertHolds(file, "two", ofTwo);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-wal -shm"})
    void whoComesAfterTheDeletionFindsWhatAnIdleProcessHolds(String deleted) throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteStore idle = backend(file)) {
            store(idle, "idle", 0, 20);
            delete(file, deleted);
            try (ChildJvm late = writer(file, "late")) {
                int acknowledged = acknowledged(late, 20) + killed(late);

                assertHolds(file, "late", acknowledged);
                assertHolds(file, "idle", 20);
                store(idle, "idle", 20, 30);
            }
        }
        assertHolds(file, "idle", 30);
    }

    @Test
    void nobodyElseOpensTheFileUntilThoseWhoHoldADeletedJournalHaveLeft() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteDatabase holder = new SqliteDatabase(SqliteOptions.of(file))) {
            holder.write(tx -> new MemoryTable().store(tx, WriterMain.entry("holder", 0)));
            delete(file, "-wal -shm");
            SqliteOptions impatient = new SqliteOptions(file, Duration.ofMillis(50), SqliteOptions.Synchronous.NORMAL);
            try (SqliteStore late = new SqliteStore(new SqliteDatabase(impatient))) {
                BackendException refusal =
                        catchThrowableOfType(BackendException.class, () -> late.retrieve("holder", "key-0"));
                assertThat(refusal.describe()).contains("journal is missing", "close other programs");

                holder.look();

                assertThat(late.retrieve("holder", "key-0")).isEqualTo(new Lookup.Found(WriterMain.entry("holder", 0)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm"})
    void aReplacedJournalStopsEverythingAndNothingIsDamaged(String replaced) throws Exception {
        Path file = folder.resolve("memory.db");
        Path companion = folder.resolve("memory.db" + replaced);
        try (ChildJvm child = writer(file, "one")) {
            int acknowledged = acknowledged(child, 100);
            Path copy = Files.copy(companion, folder.resolve("copy"));
            // In one step: a replacing move deletes first, and a process that looks meanwhile finds a deleted journal.
            Files.move(copy, companion, StandardCopyOption.ATOMIC_MOVE);
            List<String> rest = child.awaitEnd();
            acknowledged +=
                    (int) rest.stream().filter(line -> line.startsWith("ack ")).count();

            assertThat(String.join("\n", rest)).contains("was replaced while it was open");
            assertHolds(rescued(), "one", acknowledged);
            assertSound(file);
        }
    }

    @Test
    void aFolderThatIsMovedTakesEverythingAlong() throws Exception {
        Path before = Files.createDirectory(folder.resolve("before"));
        Path after = folder.resolve("after");
        try (ChildJvm child = writer(before.resolve("memory.db"), "one")) {
            int inTheMoved = acknowledged(child, 100);
            Files.move(before, after);
            int more = acknowledged(child, 100);
            int all = inTheMoved + more + killed(child);

            int moved = held(after.resolve("memory.db"), "one", 0, all);
            assertThat(moved).isGreaterThanOrEqualTo(inTheMoved);
            try (SqliteStore anew = backend(before.resolve("memory.db"))) {
                for (int i = moved; i < all; i++) {
                    assertThat(anew.retrieve("one", "key-" + i))
                            .isEqualTo(new Lookup.Found(WriterMain.entry("one", i)));
                }
            }
        }
    }

    private Path rescued() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().contains(".rescued-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static ChildJvm writer(Path file, String user) throws Exception {
        ChildJvm child =
                ChildJvm.start(List.of(), WriterMain.class, file.toString(), user, String.valueOf(Integer.MAX_VALUE));
        child.await("ready");
        child.writeLine("go");
        return child;
    }

    private static int acknowledged(ChildJvm child, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            child.await("ack ");
        }
        return count;
    }

    /**
     * Waits for memories that are stored from now on: what was acknowledged up to now may still be unread. Returns how
     * many were acknowledged in all.
     */
    private static int acknowledgedFromNow(ChildJvm child, int count) throws Exception {
        child.writeLine("look");
        int before = Integer.parseInt(child.await("seen "));
        return before + acknowledged(child, count);
    }

    /** Kills the process; how many more it acknowledged, without the last line, which may be half a one. */
    private static int killed(ChildJvm child) throws Exception {
        child.kill();
        List<String> rest = new ArrayList<>(child.awaitEnd());
        return Math.max(
                0, (int) rest.stream().filter(line -> line.startsWith("ack ")).count() - 1);
    }

    private static void delete(Path file, String suffixes) throws Exception {
        for (String suffix : suffixes.split(" ", -1)) {
            Files.deleteIfExists(file.resolveSibling("memory.db" + suffix));
        }
    }

    private static void store(SqliteStore backend, String user, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(backend.store(WriterMain.entry(user, i))).isInstanceOf(Lookup.Found.class);
        }
    }

    private static void assertHolds(Path file, String user, int count) throws Exception {
        assertThat(held(file, user, 0, count)).isEqualTo(count);
        assertSound(file);
    }

    private static int held(Path file, String user, int from, int to) {
        try (SqliteStore backend = backend(file)) {
            int held = 0;
            for (int i = from; i < to; i++) {
                held += backend.retrieve(user, "key-" + i).equals(new Lookup.Found(WriterMain.entry(user, i))) ? 1 : 0;
            }
            return held;
        }
    }

    private static void assertSound(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet verdict = statement.executeQuery("PRAGMA integrity_check")) {
            assertThat(verdict.getString(1)).isEqualTo("ok");
        }
    }

    private static SqliteStore backend(Path file) {
        return new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)));
    }
}
