package io.unifiedmemory.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a process under test is started. Nothing that the caller's environment configures for a real server reaches it. */
final class Launch {

    private final List<String> command;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private Launch(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** The built jar; the two JVM flags only save time. */
    static Launch jar(String... arguments) {
        List<String> command = new ArrayList<>(jarCommand());
        command.addAll(List.of(arguments));
        return new Launch(command);
    }

    static Launch of(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return new Launch(command);
    }

    private static List<String> jarCommand() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                required("unified-memory.jar"));
    }

    /** Program and arguments, for a client that starts the process itself. */
    List<String> command() {
        return command;
    }

    /** A system property that the build sets for integration tests. */
    static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new AssertionError("system property " + property + " is not set: run this test through Maven");
        }
        return value;
    }

    Launch env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    McpProcess start() {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("UNIFIED_MEMORY_"));
        builder.environment().remove("MEMORY_FILE_PATH");
        builder.environment().putAll(environment);
        try {
            return new McpProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Runs the process to its end without giving it any input. */
    Finished run() {
        try (McpProcess process = start()) {
            process.closeInput();
            int exitCode = process.exitCode();
            return new Finished(exitCode, String.join("\n", process.lines()), process.stderr());
        }
    }

    /** What a process left behind; lines without their last line break. */
    record Finished(int exitCode, String stdout, String stderr) {}
}
