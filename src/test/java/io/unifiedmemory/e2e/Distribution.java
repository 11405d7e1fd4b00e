package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What {@code scripts/build-dist} and {@code scripts/build-mcpb} make of the jar under test, each built once for all
 * tests.
 */
final class Distribution {

    /** A runtime takes its time to link on a loaded machine. */
    private static final int BUILD_MINUTES = 5;

    private static final class Folder {
        private static final Path DIST = build("first", "dist", "build-dist");
    }

    private static final class Bundles {
        private static final Path MCPB =
                build("first", "mcpb", "build-mcpb", "--release-url", "https://example.org/v1/");
    }

    private Distribution() {}

    static String version() {
        try {
            JsonNode manifest = Json.mapper().readTree(Files.readString(Path.of("mcp-manifest.json")));
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

    /** Builds into a folder of that name, which no other test process uses; returns where the results are. */
    static Path build(String name, String kind, String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(script(script).toString()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createDirectories(Path.of(System.getProperty("unified-memory.built", "target/it"), name)
                    .toAbsolutePath());
            Path log = out.resolve(kind + ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().put("UNIFIED_MEMORY_OUT", out.toString());
            Process process = builder.start();
            boolean ended = process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES);
            process.destroyForcibly();
            assertThat(ended && process.exitValue() == 0)
                    .as("%s: %s", command, Files.readString(log))
                    .isTrue();
            return out.resolve(kind);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
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

    /** The libraries on the class path of this test. */
    static List<Path> libraries() {
        return Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .map(Path::of)
                .filter(file -> Files.isRegularFile(file) && !file.equals(Path.of(BuiltJar.path())))
                .toList();
    }
}
