package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyTest {

    @TempDir
    private Path folder;

    @Test
    void aFileIsEmptyAndItsOwners() throws IOException {
        Path file = folder.resolve("file");
        OwnerOnly.createFile(file);
        assertThat(file).isEmptyFile();
        assumeTrue(OwnerOnly.isPosix(file), "rights of POSIX");
        assertThat(rights(file)).isEqualTo("rw-------");
    }

    @Test
    void aFileThatIsThereIsNotTouched() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        assertThatThrownBy(() -> OwnerOnly.createFile(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("kept");
    }

    @Test
    void everyFolderThatIsMissingIsItsOwners() throws IOException {
        Path below = folder.resolve("a").resolve("b");
        OwnerOnly.createFolders(below);
        assertThat(below).isDirectory();
        assumeTrue(OwnerOnly.isPosix(below), "rights of POSIX");
        assertThat(rights(below)).isEqualTo("rwx------");
        assertThat(rights(folder.resolve("a"))).isEqualTo("rwx------");
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
