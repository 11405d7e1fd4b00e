package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("file");
    }

    @Test
    void makesAFileThatOnlyItsOwnerCanRead() throws IOException {
        AtomicFile.write(file, fresh -> Files.writeString(fresh, "text"));
        assertThat(file).hasContent("text");
        assertThat(names()).containsExactly("file");
        assumeTrue(OwnerOnly.isPosix(file), "rights of POSIX");
        assertThat(rights(file)).isEqualTo("rw-------");
    }

    @Test
    void theRightsAndTheTimeOfTheFreshFileStay() throws IOException {
        assumeTrue(OwnerOnly.isPosix(file), "rights of POSIX");
        Files.writeString(file, "old");
        AtomicFile.write(file, fresh -> {
            Files.writeString(fresh, "new");
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("r--r-----"));
        });
        assertThat(file).hasContent("new");
        assertThat(rights(file)).isEqualTo("r--r-----");
    }

    @Test
    void aContentThatFailsChangesNothing() throws IOException {
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, fresh -> {
                    Files.writeString(fresh, "half");
                    throw new IOException("the disk is full");
                }))
                .hasMessage("the disk is full");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void aReaderSeesTheOldOrTheNewContentAndNothingBetween() throws Exception {
        String a = "a".repeat(100_000);
        String b = "b".repeat(100_000);
        Files.writeString(file, a);
        AtomicBoolean writing = new AtomicBoolean(true);
        Thread writer = Daemon.start("writer", () -> {
            try {
                IntStream.range(0, 50).forEach(each -> replace(each % 2 == 0 ? b : a));
            } finally {
                writing.set(false);
            }
        });
        do {
            assertThat(Files.readString(file)).isIn(a, b);
        } while (writing.get());
        writer.join();
    }

    private void replace(String text) {
        try {
            AtomicFile.write(file, fresh -> Files.writeString(fresh, text));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).toList();
        }
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
