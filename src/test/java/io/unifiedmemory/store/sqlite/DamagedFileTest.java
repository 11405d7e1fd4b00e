package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file is deleted, replaced or damaged while it is open. */
class DamagedFileTest {

    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private Path file = Path.of("unused");
    private SqliteStore backend = backend(file);

    @BeforeEach
    void open() {
        file = folder.resolve("data").resolve("memory.db");
        backend = backend(file);
        store(backend, 0, 100);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void aWriteAfterTheFileWasDeletedIsInTheNewFile() throws Exception {
        Files.delete(file);

        store(backend, 100, 110);

        assertHolds(backend, 100, 110);
        assertThat(backend.retrieve("user", "key-1")).isEqualTo(Lookup.MISSING);
        try (SqliteStore other = backend(file)) {
            assertHolds(other, 100, 110);
        }
        backend.close();
        try (SqliteStore other = backend(file)) {
            assertHolds(other, 100, 110);
            assertSound();
        }
    }

    @Test
    void aWriteAfterTheFolderWasDeletedIsInTheNewFile() throws Exception {
        deleteFolder();

        store(backend, 100, 110);

        backend.close();
        try (SqliteStore other = backend(file)) {
            assertHolds(other, 100, 110);
            assertThat(other.list(new ListRequest("user", null, 1)).total()).isEqualTo(10);
        }
    }

    @Test
    void readersNoticeThatTheFileWasDeleted() throws Exception {
        assertHolds(backend, 1, 2);
        deleteFolder();

        await(() -> backend.retrieve("user", "key-1").equals(Lookup.MISSING));
    }

    @Test
    void aWriteAfterTheFileWasReplacedIsInTheFileThatIsThere() throws Exception {
        Path backup = folder.resolve("backup.db");
        try (SqliteStore other = backend(backup)) {
            store(other, 500, 600);
        }
        Files.move(backup, file, StandardCopyOption.REPLACE_EXISTING);

        store(backend, 100, 110);

        assertHolds(backend, 500, 600);
        assertHolds(backend, 100, 110);
        assertThat(backend.retrieve("user", "key-1")).isEqualTo(Lookup.MISSING);
        assertSound();
        backend.close();
        try (SqliteStore other = backend(file)) {
            assertHolds(other, 500, 600);
            assertHolds(other, 100, 110);
            assertSound();
        }
        assertThat(names())
                .as("the journal of the old file is kept")
                .anyMatch(name -> name.contains("-wal.left-over-"));
    }

    @Test
    void severalProgramsThatShareTheFileAllGoOverToItsReplacement() throws Exception {
        try (SqliteStore second = backend(file)) {
            store(second, 100, 110);
            Files.delete(file);

            store(backend, 200, 210);
            store(second, 300, 310);

            assertHolds(second, 200, 210);
            assertHolds(backend, 300, 310);
            assertSound();
        }
    }

    @Test
    void aReplacementByAForeignFileIsRefusedAndMended() throws Exception {
        Files.delete(file);
        Files.writeString(file, "not a database");

        BackendException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
        assertThat(Files.readString(file)).isEqualTo("not a database");
        Files.delete(file);
        store(backend, 100, 110);
        assertHolds(backend, 100, 110);
    }

    @Test
    void aDamagedFileIsReportedAndWorksAgainWhenItIsRestored() throws Exception {
        backend.close();
        Path copy = Files.copy(file, folder.resolve("copy.db"));
        backend = backend(file);
        assertHolds(backend, 0, 1);
        overwrite(file, 4096, Files.size(file) - 4096);

        BackendException failure = failure();

        assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
        assertThat(failure.describe()).contains(file.toString()).contains("backup");
        assertThat(backend.check().up()).isFalse();
        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        assertHolds(backend, 0, 100);
        store(backend, 100, 110);
        assertHolds(backend, 100, 110);
    }

    @Test
    void aFileCutShortIsReportedAndWorksAgainWhenItIsRestored() throws Exception {
        backend.close();
        Path copy = Files.copy(file, folder.resolve("copy.db"));
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(content.length() / 2);
        }
        backend = backend(file);

        assertThat(failure().kind()).isEqualTo(Kind.BROKEN);

        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        assertHolds(backend, 0, 100);
    }

    @Test
    void aFileWhoseCheckpointStoppedHalfWayIsSound() throws Exception {
        store(backend, 100, 300);
        Path copy = folder.resolve("copy.db");
        Files.copy(file, copy);
        Files.copy(file.resolveSibling("memory.db-wal"), folder.resolve("copy.db-wal"));
        checkpointOnlyTheFirstPage(copy, folder.resolve("copy.db-wal"));

        try (SqliteStore other = backend(copy)) {
            assertHolds(other, 0, 300);
            store(other, 300, 310);
        }
        file = copy;
        assertSound();
    }

    @Test
    void aFileWhoseCheckpointStoppedHalfWayAndWhoseJournalIsGoneIsReported() throws Exception {
        store(backend, 100, 300);
        Path copy = folder.resolve("copy.db");
        Files.copy(file, copy);
        checkpointOnlyTheFirstPage(copy, file.resolveSibling("memory.db-wal"));

        try (SqliteStore other = backend(copy)) {
            assertThatThrownBy(() -> other.retrieve("user", "key-1"))
                    .isInstanceOfSatisfying(
                            BackendException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(Kind.BROKEN));
        }
    }

    /** What a checkpoint does first: page 1, which names more pages than the file has by then. */
    private static void checkpointOnlyTheFirstPage(Path database, Path journal) throws Exception {
        ByteBuffer frames = ByteBuffer.wrap(Files.readAllBytes(journal));
        byte[] firstPage = new byte[4096];
        for (int frame = 32; frame + 24 + 4096 <= frames.capacity(); frame += 24 + 4096) {
            if (frames.getInt(frame) == 1) {
                frames.get(frame + 24, firstPage);
            }
        }
        long pages = ByteBuffer.wrap(firstPage).getInt(28);
        assertThat(pages * 4096).isGreaterThan(Files.size(database));
        try (RandomAccessFile content = new RandomAccessFile(database.toFile(), "rw")) {
            content.write(firstPage);
        }
    }

    @Test
    void aFileEmptiedWhileItIsOpenIsReportedAndWorksAgainWhenItIsOutOfTheWay() throws Exception {
        assertHolds(backend, 0, 1);
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(0);
        }

        assertThat(failure().kind()).isEqualTo(Kind.BROKEN);

        Files.delete(file);
        store(backend, 100, 110);
        assertHolds(backend, 100, 110);
        assertSound();
    }

    private BackendException failure() {
        BackendException failure = catchThrowableOfType(BackendException.class, () -> {
            for (int i = 0; i < 100; i++) {
                backend.store(WriterMain.entry("other", i));
                backend.retrieve("user", "key-" + i);
            }
        });
        assertThat(failure).isNotNull();
        return failure;
    }

    private static void store(SqliteStore backend, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(backend.store(WriterMain.entry("user", i))).isInstanceOf(Lookup.Found.class);
        }
    }

    private static void assertHolds(SqliteStore backend, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(backend.retrieve("user", "key-" + i)).isEqualTo(new Lookup.Found(WriterMain.entry("user", i)));
        }
    }

    private void assertSound() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet verdict = statement.executeQuery("PRAGMA integrity_check")) {
            assertThat(verdict.getString(1)).isEqualTo("ok");
        }
    }

    private static void overwrite(Path file, long from, long length) throws Exception {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.seek(from);
            byte[] nonsense = new byte[(int) length];
            Arrays.fill(nonsense, (byte) 0x5A);
            content.write(nonsense);
        }
    }

    private void deleteFolder() throws Exception {
        for (String name : names()) {
            Files.delete(file.resolveSibling(name));
        }
        Files.delete(folder.resolve("data"));
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            return files.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static SqliteStore backend(Path file) {
        return new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)));
    }
}
