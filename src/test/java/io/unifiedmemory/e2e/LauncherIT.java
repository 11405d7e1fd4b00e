package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher, the class archive, and what is left in the temporary folder. */
class LauncherIT {

    @TempDir
    static Path shared;

    /** Trained once; tests work on copies. */
    private static Installation trained;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws IOException {
        trained = Installation.in(shared);
        Launch.Finished training = trained.launch("train").run();
        assertThat(training.stderr()).isEmpty();
        assertThat(training.exitCode()).isZero();
        assertThat(trained.archives()).hasSize(1);
    }

    @Test
    void startsFromTheArchive() throws IOException {
        try (McpProcess server = serve(trained)) {
            worksQuietly(server);
            // Of a process's mapped files, where the system shows them.
            assertThat(Files.readString(Path.of("/proc/" + server.handle().pid() + "/maps")))
                    .contains(trained.archives().get(0).toString());
        }
    }

    /**
     * What the JVM makes while it runs is in no archive, and is made anew at every start: proxies for annotations, code that
     * compares records, comparators put together of keys. JDK 17 makes a dozen for its own random numbers, and takes no class
     * of a jar from the archive whose path has a space or letters beyond ASCII.
     */
    @Test
    void almostNoClassIsMadeAnewAtEachStart() throws IOException {
        Installation plain = Installation.in(folder, "plain");
        assertThat(plain.launch("train").run().exitCode()).isZero();
        List<String> command;
        try (McpProcess server = serve(plain)) {
            server.initialize();
            command = new ArrayList<>(List.of(server.handle().info().arguments().orElseThrow()));
        }
        assertThat(command).contains("-Xlog:disable");
        Path loaded = folder.resolve("loaded");
        command.replaceAll(flag -> flag.equals("-Xlog:disable") ? "-Xlog:class+load:file=" + loaded : flag);

        Path java = plain.javaHome().resolve("bin/java");
        try (McpProcess server = Launch.of(java, command.toArray(String[]::new)).start()) {
            worksQuietly(server);
            server.ask("store", Map.of("user_id", "u", "key", "drink", "value", "Anna likes green tea."));
            server.ask(
                    "store_many",
                    Map.of("user_id", "u", "memories", List.of(Map.of("key", "food", "value", "No green tea."))));
            server.ask("search", Map.of("user_id", "u", "query", "green tea"));
            server.ask("retrieve", Map.of("user_id", "u", "key", "drinks"));
            server.ask("get_all", Map.of("user_id", "u"));
            server.ask("delete", Map.of("user_id", "u", "key", "k"));
        }

        List<String> fromElsewhere = Files.readAllLines(loaded).stream()
                .filter(line -> line.contains(" source: ") && !line.contains("shared objects file"))
                .toList();
        assertThat(fromElsewhere).noneMatch(line -> line.contains("Proxy"));
        assertThat(fromElsewhere).hasSizeLessThan(Runtime.version().feature() < 25 ? 24 : 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "cut off", "other bytes", "damaged inside"})
    void aDamagedArchiveIsLeftAlone(String damage) throws IOException {
        Installation copy = copyOfTrained();
        Path archive = copy.archives().get(0);
        byte[] bytes = Files.readAllBytes(archive);
        assertThat(archive.toFile().setWritable(true)).isTrue();
        switch (damage) {
            case "empty" -> Files.write(archive, new byte[0]);
            case "cut off" -> Files.write(archive, Arrays.copyOf(bytes, bytes.length / 3));
            case "other bytes" -> Files.writeString(archive, "no archive at all");
            default -> {
                Arrays.fill(bytes, 0, 4096, (byte) 7);
                Files.write(archive, bytes);
            }
        }
        try (McpProcess server = serve(copy)) {
            worksQuietly(server);
        }
    }

    @Test
    void anArchiveOfAnotherJarIsLeftAlone() throws IOException {
        Installation copy = copyOfTrained();
        Files.setLastModifiedTime(copy.jar(), FileTime.fromMillis(1_000_000_000_000L));
        try (McpProcess server = serve(copy)) {
            worksQuietly(server);
        }
    }

    @Test
    void anArchiveOfAnotherJvmIsLeftAlone() throws IOException {
        Installation copy = copyOfTrained();
        Path archive = copy.archives().get(0);
        byte[] bytes = Files.readAllBytes(archive);
        // The JVM's own description of itself, near the beginning of its archives.
        int at = new String(bytes, 0, 4096, StandardCharsets.ISO_8859_1).indexOf("OpenJDK");
        assertThat(at).isPositive();
        byte[] another = "Another".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(another, 0, bytes, at, another.length);
        assertThat(archive.toFile().setWritable(true)).isTrue();
        Files.write(archive, bytes);
        try (McpProcess server = serve(copy)) {
            worksQuietly(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at %t", "process %p"})
    void aPathInWhichTheJvmWouldFillSomethingInGetsNoArchive(String name) throws IOException {
        Installation odd = Installation.in(Files.createDirectory(folder.resolve(name)));

        Launch.Finished training = odd.launch("train").run();

        assertThat(training.exitCode()).isEqualTo(2);
        assertThat(training.stderr()).contains("per cent sign").hasLineCount(1);
        try (McpProcess server = serve(odd)) {
            worksQuietly(server);
        }
        assertThat(odd.archives()).isEmpty();
    }

    @Test
    void everyOtherJavaOfThisMachineWorksToo() throws IOException {
        for (Path javaHome : otherJavas()) {
            Installation other = copyOfTrained().with(javaHome);
            assertThat(other.launch("train").run().exitCode())
                    .as("training with %s", javaHome)
                    .isZero();
            assertThat(other.archives()).as("one archive per Java").hasSize(2);
            try (McpProcess server = serve(other)) {
                worksQuietly(server);
            }
        }
    }

    @Test
    void withoutAPlaceForTheArchiveItStartsAllTheSame() throws IOException {
        Installation installation = Installation.in(folder);
        // A file where the folder should be: even root cannot write there.
        Files.writeString(installation.cache(), "in the way");

        Launch.Finished training = installation.launch("train").run();
        assertThat(training.exitCode()).isEqualTo(1);
        assertThat(training.stdout()).isEmpty();
        assertThat(training.stderr())
                .contains("cannot be made", "starts more slowly")
                .hasLineCount(1);
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (McpProcess server = serveWithTemporaryFolder(installation, temporary)) {
            worksQuietly(server);
            server.kill();
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void twoThatTrainAtOnceLeaveOneGoodArchive() throws IOException {
        Installation installation = Installation.in(folder);
        try (McpProcess first = installation.launch("train").start();
                McpProcess second = installation.launch("train").start();
                McpProcess server = serve(installation)) {
            worksQuietly(server);
            assertThat(first.exitCode()).isZero();
            assertThat(second.exitCode()).isZero();
        }
        assertThat(installation.archives()).hasSize(1);
        try (McpProcess server = serve(installation)) {
            worksQuietly(server);
        }
    }

    @Test
    void killedServersLeaveNothingInTheTemporaryFolder() throws IOException {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        for (int i = 0; i < 2; i++) {
            try (McpProcess server = serveWithTemporaryFolder(trained, temporary)) {
                worksQuietly(server);
                server.kill();
            }
        }
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void isFoundThroughALinkAndKeepsTheWorkingFolder() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("um"), trained.launcher());
        Launch.Finished version = Launch.of(link, "--version")
                .env("UNIFIED_MEMORY_JAVA", trained.javaHome().toString())
                .run();
        assertThat(version.stderr()).isEmpty();
        assertThat(version.stdout()).startsWith("unified-memory ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "dash"})
    void runsInEveryShell(String shell) throws IOException {
        Path program = Stream.of("/bin/", "/usr/bin/")
                .map(place -> Path.of(place + shell))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(shell + " is needed"));
        Launch.Finished version = Launch.of(program, trained.launcher().toString(), "--version")
                .env("UNIFIED_MEMORY_JAVA", trained.javaHome().toString())
                .run();
        assertThat(version.stderr()).isEmpty();
        assertThat(version.exitCode()).isZero();
    }

    @Test
    void refusesAnOldJavaWithTheRemedy() throws IOException {
        Path old = folder.resolve("jdk8");
        Files.createDirectories(old.resolve("bin"));
        Files.createSymbolicLink(old.resolve("bin/java"), trained.javaHome().resolve("bin/java"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");

        Launch.Finished refused = trained.with(old).launch().run();

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stdout()).isEmpty();
        assertThat(refused.stderr()).contains("is Java 1.8.0_402", "give a Java 17 or newer");
    }

    @Test
    void prefersTheNewestJavaWithLongTermSupport() throws IOException {
        Path places = folder.resolve("sdkman/candidates/java");
        for (String version : List.of("993", "994", "21", "11")) {
            Path home = places.resolve(version);
            Files.createDirectories(home.resolve("bin"));
            Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + ".0.1\"\n");
            Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\necho this is " + version + "\n");
            Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Launch.Finished found = Launch.of(trained.launcher(), "--version")
                .env("UNIFIED_MEMORY_JAVA", "")
                .env("JAVA_HOME", "")
                .env("SDKMAN_DIR", folder.resolve("sdkman").toString())
                .run();
        // 993 = 17 + 4 x 244: by the rhythm of two years it has long-term support, 994 has not.
        assertThat(found.stdout()).isEqualTo("this is 993");
    }

    @ParameterizedTest
    @CsvSource({"serve, true", "serve --http, false", "serve --http 127.0.0.1:0 --db m.db, false"})
    void onlyManyClientsGetTheLargerCompiler(String words, boolean small) throws IOException {
        Path home = folder.resolve("jdk");
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\necho \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        Launch.Finished told = trained.with(home).launch(words.split(" ")).run();

        assertThat(told.stdout()).endsWith("io.unifiedmemory.Main " + words);
        assertThat(told.stdout().contains("-XX:TieredStopAtLevel=1")).isEqualTo(small);
        assertThat(told.stdout().contains("-XX:+UseSerialGC")).isEqualTo(small);
    }

    private McpProcess serve(Installation installation) {
        return installation
                .launch("--db", folder.resolve("memory.db").toString())
                .start();
    }

    private McpProcess serveWithTemporaryFolder(Installation installation, Path temporary) {
        return installation
                .launch("--db", folder.resolve("memory.db").toString())
                .env("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary)
                .start();
    }

    /** The JVM says one line by itself when it is given options in the environment. */
    private static void worksQuietly(McpProcess server) {
        server.initialize();
        Map<String, String> key = Map.of("user_id", "u", "key", "k");
        assertThat(server.ask("store", Map.of("user_id", "u", "key", "k", "value", "v"))
                        .path("stored")
                        .asBoolean())
                .isTrue();
        assertThat(server.ask("retrieve", key).path("entry").path("value").asString())
                .isEqualTo("v");
        assertThat(server.lines()).allSatisfy(Json::parseObject);
        assertThat(server.stderr().lines().filter(line -> !line.startsWith("NOTE: Picked up")))
                .isEmpty();
    }

    private Installation copyOfTrained() throws IOException {
        Installation copy = new Installation(folder.resolve("copy"), folder.resolve("cache"), trained.javaHome());
        copyTree(trained.home(), copy.home());
        copyTree(trained.cache(), copy.cache());
        renamedFor(copy);
        assertThat(copy.archives().get(0).getFileName().toString()).startsWith(key(copy.home()));
        return copy;
    }

    /** Gives the archive the name under which the launcher of the copy looks for it. */
    private static void renamedFor(Installation copy) throws IOException {
        String from = key(trained.home());
        String to = key(copy.home());
        try (Stream<Path> files = Files.list(copy.cache())) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Files.move(file, file.resolveSibling(name.replace(from, to)));
            }
        }
    }

    private static String key(Path home) {
        return home.toString().substring(1).replace('/', '+');
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(dir)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** What else there is to start it with; often nothing. */
    private static List<Path> otherJavas() throws IOException {
        Path places = Path.of("/usr/lib/jvm");
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(places)) {
            try (Stream<Path> homes = Files.list(places)) {
                Path own = trained.javaHome().toRealPath();
                for (Path home : homes.sorted().toList()) {
                    Path real = home.toRealPath();
                    if (!real.equals(own)
                            && !found.contains(real)
                            && Files.isExecutable(real.resolve("bin/java"))
                            && Files.isRegularFile(real.resolve("release"))) {
                        found.add(real);
                    }
                }
            }
        }
        return found;
    }
}
