package io.unifiedmemory.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By which name a folder's project is known, and that no secret is in it. */
class ProjectTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "https://github.com/acme/app.git, github.com/acme/app",
        "https://me:secret@GitHub.com/acme/app, github.com/acme/app",
        "https://host:8443/a/b/, host/a/b",
        "ssh://git@host:22/a/b.git, host/a/b",
        "git@github.com:acme/app.git, github.com/acme/app",
        "host.example:a/b.git, host.example/a/b",
        "git+ssh://git@host/a, host/a"
    })
    void anAddressIsHostAndPath(String url, String name) {
        assertThat(Project.name(url)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/git/app.git",
                "../app",
                "C:\\git\\app",
                "app",
                "",
                "file:///srv/app.git",
                "FILE://host/app",
                "ssh:///app"
            })
    void aPathOnThisMachineIsNoAddress(String url) {
        assertThat(Project.name(url)).isNull();
    }

    @Test
    void aFolderWithinARepositoryIsOfItsOrigin() throws IOException {
        config("""
                [core]
                \tbare = false
                [remote "fork"]
                \turl = https://x/fork
                [remote "origin"]
                \tfetch = +refs/heads/*:refs/remotes/origin/*
                \turl = git@host:acme/app.git
                [branch "main"]
                """);
        Path inside = Files.createDirectories(folder.resolve("src/main"));

        assertThat(Project.of(inside)).isEqualTo("host/acme/app");
        assertThat(Project.of(folder.resolve("not/there"))).isEqualTo("host/acme/app");
    }

    /** Two folders of the same name are two projects. */
    @Test
    void withoutAnOriginTheProjectIsItsPath() throws IOException {
        config("""
                [core]
                \tbare = false
                [remote "upstream"]
                \turl = https://host/a
                """);
        Path inside = Files.createDirectories(folder.resolve("src"));
        String path = folder.toRealPath().toString();

        assertThat(Project.of(inside)).isEqualTo(path);
        config("[remote \"origin\"]\n\turl = ../elsewhere\n");
        assertThat(Project.of(inside)).isEqualTo(path);
    }

    @Test
    void aFolderWithoutARepositoryIsItsOwnProject() throws IOException {
        Path plain = Files.createDirectories(folder.resolve("plain"));

        assertThat(Project.of(plain)).isEqualTo(plain.toRealPath().toString());
    }

    @Test
    void aWorkTreeIsOfTheProjectOfItsRepository() throws IOException {
        config("[remote \"origin\"]\n\turl = https://host/acme/app\n");
        Path own = Files.createDirectories(folder.resolve(".git/worktrees/w"));
        Files.writeString(own.resolve("commondir"), "../..\n");
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.writeString(tree.resolve(".git"), "gitdir: " + own + "\n");

        assertThat(Project.of(tree)).isEqualTo("host/acme/app");
    }

    /** No path of any system has such a character. */
    @Test
    void aRepositoryThatIsNowhereIsItsOwnProject() throws IOException {
        Files.writeString(folder.resolve(".git"), "gitdir: /x\0y\n");

        assertThat(Project.of(folder)).isEqualTo(folder.toRealPath().toString());
    }

    private void config(String text) throws IOException {
        Files.createDirectories(folder.resolve(".git"));
        Files.writeString(folder.resolve(".git/config"), text);
    }
}
