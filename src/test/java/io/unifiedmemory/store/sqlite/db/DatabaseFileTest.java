package io.unifiedmemory.store.sqlite.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.WriterMain;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which file is made, which is accepted, which is refused and left alone. */
class DatabaseFileTest {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    @TempDir
    Path folder;

    @Test
    void nothingIsTouchedBeforeTheFirstCall() throws Exception {
        Path file = folder.resolve("new").resolve("memory.db");
        try (SqliteStore backend = backend(file)) {
            assertThat(backend.type()).isEqualTo("sqlite");
            assertThat(new SqliteDatabase(SqliteOptions.of(file)).bytes()).isZero();
        }
        assertThat(entries(folder)).isEmpty();
    }

    @Test
    void programsThatSetTheSameLeftOversAsideDoNotDisturbEachOther() throws Exception {
        Path path = folder.resolve("memory.db");
        DatabaseFile file = new DatabaseFile(path);
        ExecutorService programs = Executors.newFixedThreadPool(2);
        try {
            CyclicBarrier begin = new CyclicBarrier(2);
            for (int round = 0; round < 500; round++) {
                Files.writeString(folder.resolve("memory.db-wal"), "journal");
                Files.writeString(folder.resolve("memory.db-shm"), "its index");
                DatabaseFile.Identity gone = file.identity(null);
                Callable<Boolean> program = () -> {
                    begin.await();
                    file.setAsideLeftOversOf(gone);
                    return true;
                };
                for (Future<Boolean> done : programs.invokeAll(List.of(program, program))) {
                    assertThat(done.get()).isTrue();
                }
                List<String> aside = entries(folder);
                assertThat(aside).hasSize(2).allMatch(name -> name.contains(".left-over-"));
                for (String name : aside) {
                    Files.delete(folder.resolve(name));
                }
            }
        } finally {
            programs.shutdownNow();
        }
    }

    @Test
    void folderAndFilesAreForTheirOwnerOnly() throws Exception {
        Path deep = folder.resolve("new").resolve("deep");
        Path file = deep.resolve("memory.db");
        try (SqliteStore backend = backend(file)) {
            backend.store(WriterMain.entry("user", 1));

            assertThat(entries(deep)).contains("memory.db", "memory.db-wal", "memory.db-shm");
            if (POSIX) {
                assertThat(rights(folder.resolve("new"))).isEqualTo("rwx------");
                assertThat(rights(deep)).isEqualTo("rwx------");
                for (String name : entries(deep)) {
                    assertThat(rights(file.resolveSibling(name))).as(name).isEqualTo("rw-------");
                }
            }
        }
        assertThat(entries(deep)).containsExactly("memory.db");
    }

    @Test
    void theRightsOfAFolderThatExistsAreLeftAlone() throws Exception {
        if (POSIX) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        }
        try (SqliteStore backend = backend(folder.resolve("memory.db"))) {
            assertThat(backend.check().up()).isTrue();
        }
        if (POSIX) {
            assertThat(rights(folder)).isEqualTo("rwxr-x---");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b.db", "100%25.db", "what?mode=memory.db", "a#b&c.db", "file:x.db", ":memory:"})
    void anyFileNameIsTakenAsItIs(String name) throws Exception {
        try (SqliteStore backend = backend(folder.resolve(name))) {
            backend.store(WriterMain.entry("user", 1));

            assertThat(entries(folder)).contains(name);
        }
        try (SqliteStore backend = backend(folder.resolve(name))) {
            assertThat(backend.retrieve("user", "key-1")).isInstanceOf(Lookup.Found.class);
        }
    }

    @Test
    void aNameOutsideAsciiIsTakenWhereThePlatformKnowsIt() throws Exception {
        String name = "\u00E9\u6211\uD83D\uDE00.db";
        Charset ofFileNames = Charset.forName(System.getProperty("sun.jnu.encoding"));
        if (ofFileNames.newEncoder().canEncode(name)) {
            anyFileNameIsTakenAsItIs(name);
        } else {
            assertThatExceptionOfType(InvalidPathException.class).isThrownBy(() -> folder.resolve(name));
        }
    }

    @Test
    void sizeCountsTheJournal() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        try (SqliteStore backend = new SqliteStore(database)) {
            assertThat(backend.check().up()).isTrue();
            long before = database.bytes();
            backend.store(WriterMain.entry("user", 1));

            assertThat(before).isPositive();
            assertThat(database.bytes()).isGreaterThan(before);
            assertThat(database.path()).isEqualTo(folder.resolve("memory.db"));
        }
    }

    @Test
    void anEmptyFileIsOurs() throws Exception {
        Path file = Files.createFile(folder.resolve("memory.db"));
        try (SqliteStore backend = backend(file)) {
            backend.store(WriterMain.entry("user", 1));
        }
        assertThat(header(file, "PRAGMA application_id")).isEqualTo(Migrations.APPLICATION_ID);
        assertThat(header(file, "PRAGMA user_version")).isEqualTo(Migrations.NEWEST);
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedUntouched() throws Exception {
        byte[] noise = new byte[20_000];
        new Random(5).nextBytes(noise);
        byte[] cut = Arrays.copyOf("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII), 50);
        for (byte[] content : List.of("a text\n".getBytes(StandardCharsets.US_ASCII), noise, cut)) {
            Path file = folder.resolve("memory.db");
            Files.write(file, content);

            assertRefused(file, "is not an SQLite database");
        }
    }

    @Test
    void theDatabaseOfAnotherProgramIsRefusedUntouched() throws Exception {
        Path plain = folder.resolve("plain.db");
        execute(plain, "CREATE TABLE memory (a); INSERT INTO memory VALUES (1)");
        assertRefused(plain, "another program");

        Path marked = folder.resolve("marked.db");
        execute(marked, "PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE t (a)");
        assertRefused(marked, "another program");

        Path wal = folder.resolve("wal.db");
        execute(wal, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
        assertRefused(wal, "another program");
    }

    @Test
    void aFileOfANewerVersionIsRefusedUntouched() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteStore backend = backend(file)) {
            backend.store(WriterMain.entry("user", 1));
        }
        execute(file, "PRAGMA user_version = 99");

        BackendException refusal = assertRefused(file, "newer version");
        assertThat(refusal.hint()).contains("update");
    }

    @Test
    void aNewerVersionThatIsStillInTheJournalIsRefusedToo() throws Exception {
        Path file = folder.resolve("memory.db");
        try (SqliteStore backend = backend(file)) {
            backend.store(WriterMain.entry("user", 1));
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = other.createStatement()) {
                statement.executeUpdate("PRAGMA user_version = 99");
                try (SqliteStore second = backend(file)) {
                    assertThat(failure(second).kind()).isEqualTo(Kind.BROKEN);
                }
            }
        }
    }

    @Test
    void aFolderInPlaceOfTheFileIsUnavailableUntilItIsGone() throws Exception {
        Path file = Files.createDirectory(folder.resolve("memory.db"));
        try (SqliteStore backend = backend(file)) {
            BackendException failure = failure(backend);
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure.describe()).contains(file.toString()).contains("is not a file");
            assertThat(failure.hint()).isNotBlank();
            assertThat(backend.check().up()).isFalse();

            Files.delete(file);

            assertThat(backend.check().up()).isTrue();
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsUnavailableUntilItCan() throws Exception {
        Path blocker = Files.writeString(folder.resolve("blocker"), "a file");
        try (SqliteStore backend = backend(blocker.resolve("memory.db"))) {
            BackendException failure = failure(backend);
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure.hint()).isNotBlank();
            assertThat(Files.readString(blocker)).isEqualTo("a file");

            Files.delete(blocker);

            assertThat(backend.check().up()).isTrue();
        }
    }

    private BackendException assertRefused(Path file, String reason) throws Exception {
        byte[] before = Files.readAllBytes(file);
        List<String> names = entries(folder);
        BackendException refusal;
        try (SqliteStore backend = backend(file)) {
            refusal = failure(backend);
            assertThat(refusal.kind()).isEqualTo(Kind.BROKEN);
            assertThat(refusal.getMessage()).contains(file.toString()).contains(reason);
            assertThat(refusal.hint()).contains("not changed");
            assertThat(backend.check().up()).isFalse();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(entries(folder)).isEqualTo(names);
        return refusal;
    }

    private static BackendException failure(SqliteStore backend) {
        BackendException failure =
                catchThrowableOfType(BackendException.class, () -> backend.store(WriterMain.entry("user", 1)));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static void execute(Path file, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static int header(Path file, String pragma) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            return statement.executeQuery(pragma).getInt(1);
        }
    }

    private static String rights(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static List<String> entries(Path folder) throws Exception {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static SqliteStore backend(Path file) {
        return new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)));
    }
}
