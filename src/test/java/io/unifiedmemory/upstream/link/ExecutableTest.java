package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutableTest {

    @TempDir
    Path folder;

    @Test
    void searchesThePathOfTheChildInItsOrder() throws IOException {
        Path first = Files.createDirectories(folder.resolve("first"));
        Path second = Files.createDirectories(folder.resolve("second"));
        program(second, "npx");
        Files.createDirectory(first.resolve("npx"));
        String path = "/no/such/folder" + File.pathSeparator + first + File.pathSeparator + second;

        assertThat(Executable.ofThisPlatform().find("npx", Map.of("PATH", path)))
                .isEqualTo(second.resolve("npx").toString());
    }

    @Test
    void aMissingProgramIsNamedWithThePath() throws IOException {
        Files.writeString(folder.resolve("npx"), "not executable");

        assertThatThrownBy(() -> Executable.ofThisPlatform().find("npx", Map.of("PATH", folder.toString())))
                .hasMessage("there is no program npx on the PATH")
                .extracting("hint")
                .asString()
                .contains("full path");
    }

    @Test
    void aPathIsTakenAsItIs() throws IOException {
        Path program = program(folder, "server");

        assertThat(Executable.ofThisPlatform().find(program.toString(), Map.of()))
                .isEqualTo(program.toString());
        assertThatThrownBy(() -> Executable.ofThisPlatform().find(program + "x", Map.of()))
                .hasMessageContaining("is not an executable file");
    }

    @Test
    void onWindowsCommandFilesArePrograms() throws IOException {
        Path npx = program(folder, "npx.cmd");
        program(folder, "npx"); // the shell script beside it, which Windows cannot run

        assertThat(Executable.ofWindows(";").find("npx", Map.of("Path", "C:\\no;" + folder)))
                .isEqualTo(npx.toString());
    }

    private static Path program(Path folder, String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
