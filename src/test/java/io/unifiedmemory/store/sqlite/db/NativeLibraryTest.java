package io.unifiedmemory.store.sqlite.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.store.sqlite.ChildJvm;
import io.unifiedmemory.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The copy of SQLite's library that is kept from start to start. */
class NativeLibraryTest {

    enum Damage {
        EMPTY,
        CUT,
        OVERWRITTEN,
        LONGER,
        GONE
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedCopyIsMadeAnew(Damage damage) throws Exception {
        assertStarts();
        Path library = library();
        byte[] whole = Files.readAllBytes(library);
        switch (damage) {
            case EMPTY -> Files.write(library, new byte[0]);
            case CUT -> Files.write(library, Arrays.copyOf(whole, whole.length / 2));
            case OVERWRITTEN -> Files.write(library, new byte[whole.length]);
            case LONGER -> Files.write(library, new byte[100], StandardOpenOption.APPEND);
            case GONE -> Files.delete(library);
        }

        assertStarts();

        assertThat(library()).hasBinaryContent(whole);
    }

    @Test
    void aCopyThatIsWholeIsKept() throws Exception {
        assertStarts();
        Object before =
                Files.readAttributes(library(), BasicFileAttributes.class).fileKey();

        assertStarts();

        assertThat(Files.readAttributes(library(), BasicFileAttributes.class).fileKey())
                .isEqualTo(before);
    }

    /** As on a file system that is mounted with noexec, where loading fails though the file is whole. */
    @Test
    void whereTheCopyCannotBeLoadedTheTemporaryFolderHelps() throws Exception {
        assertStarts();
        Path library = library();
        FileTime time = Files.getLastModifiedTime(library);
        Files.write(library, new byte[Math.toIntExact(Files.size(library))]);
        Files.setLastModifiedTime(library, time);

        assertStarts();
    }

    private void assertStarts() throws Exception {
        try (ChildJvm child = ChildJvm.start(
                List.of(),
                LibraryMain.class,
                folder.resolve("cache").toString(),
                folder.resolve("memory.db").toString())) {
            List<String> lines = child.awaitEnd();
            assertThat(child.exitCode()).as(() -> String.join("\n", lines)).isZero();
            assertThat(lines).contains("up: true");
        }
    }

    private Path library() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    /** Arguments: the folder for the library, the database file. */
    static final class LibraryMain {

        private LibraryMain() {}

        public static void main(String[] arguments) {
            NativeLibrary.keepIn(Path.of(arguments[0]), "test");
            try (SqliteStore backend = new SqliteStore(new SqliteDatabase(SqliteOptions.of(Path.of(arguments[1]))))) {
                System.out.println("up: " + backend.check().up());
            }
        }
    }
}
