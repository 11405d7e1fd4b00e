package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What {@code scripts/build-dist} and {@code scripts/build-mcpb} make of the jar under test, each built once for all tests. */
final class Distribution {

    private static final class Folder {
        private static final Path DIST = build("dist", "build-dist");
    }

    private static final class Bundles {
        private static final Path MCPB = build("mcpb", "build-mcpb", "--release-url", "https://example.org/v1/");
    }

    private Distribution() {}

    static String version() {
        try {
            JsonNode manifest = Json.MAPPER.readTree(Files.readString(Path.of("mcp-manifest.json")));
            return manifest.path("version").asString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path script(String name) {
        return Path.of("scripts", name).toAbsolutePath();
    }

    /** The folder with the archives. */
    static Path folder() {
        return Folder.DIST;
    }

    static Path archive(String extension) {
        return folder().resolve("unified-memory-" + version() + extension);
    }

    /** The folder with the bundles, and with each one's contents before they were packed. */
    static Path bundles() {
        return Bundles.MCPB;
    }

    /** Builds into a folder of its own below target; returns where the results are. */
    static Path build(String kind, String script, String... arguments) {
        try {
            Path out = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "it-");
            run(Launch.of(script(script), arguments).env("UNIFIED_MEMORY_OUT", out.toString()));
            return out.resolve(kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs what must succeed; returns what it printed. */
    static String run(Launch launch) {
        Launch.Finished finished = launch.run();
        assertThat(finished.exitCode())
                .as(launch.command() + "\n" + finished.stdout() + finished.stderr())
                .isZero();
        return finished.stdout();
    }

    static void unpack(Path archive, Path folder) {
        run(
                archive.toString().endsWith(".zip")
                        ? Launch.of(Path.of("unzip"), "-q", archive.toString(), "-d", folder.toString())
                        : Launch.of(Path.of("tar"), "-xzf", archive.toString(), "-C", folder.toString()));
    }

    /** The names in a folder, sorted. */
    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of the class path of this test. */
    static List<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .map(Path::of)
                .filter(Files::isRegularFile)
                .toList();
    }
}
