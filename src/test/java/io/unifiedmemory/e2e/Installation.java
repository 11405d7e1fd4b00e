package io.unifiedmemory.e2e;

import io.unifiedmemory.harness.BuiltJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The launcher and the jar as they are installed, with a cache of their own, run by a certain Java. */
record Installation(Path home, Path cache, Path javaHome) {

    /** Installs below a folder, at a path with a space and letters beyond ASCII, for the Java that runs the tests. */
    static Installation in(Path folder) throws IOException {
        return in(folder, "unified m\u00e9moire \u8a18");
    }

    /** Likewise in a folder of a certain name. */
    static Installation in(Path folder, String name) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.copy(
                Path.of("src/main/launcher/unified-memory"),
                home.resolve("bin/unified-memory"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Installation installation =
                new Installation(home, folder.resolve("cache"), Path.of(System.getProperty("java.home")));
        Files.copy(Path.of(BuiltJar.path()), installation.jar());
        return installation;
    }

    Installation with(Path otherJavaHome) {
        return new Installation(home, cache, otherJavaHome);
    }

    Path jar() {
        return home.resolve("lib/unified-memory-mcp.jar");
    }

    Path launcher() {
        return home.resolve("bin/unified-memory");
    }

    /** The launcher with some arguments. */
    Launch launch(String... arguments) {
        return Launch.of(launcher(), arguments)
                .env("UNIFIED_MEMORY_CACHE", cache.toString())
                .env("UNIFIED_MEMORY_JAVA", javaHome.toString())
                .env("UNIFIED_MEMORY_TRAIN", "off");
    }

    /** The archives that are there. */
    List<Path> archives() throws IOException {
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().matches(".*\\.(jsa|aot)"))
                    .sorted()
                    .toList();
        }
    }
}
