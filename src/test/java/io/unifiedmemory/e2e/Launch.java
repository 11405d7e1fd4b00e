package io.unifiedmemory.e2e;

import io.unifiedmemory.harness.BuiltJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a process under test is started. Nothing that the caller's environment configures for a real server reaches it.
 */
final class Launch {

    private final List<String> command;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private Launch(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** The built jar. */
    static Launch jar(String... arguments) {
        return new Launch(BuiltJar.command(List.of(arguments)));
    }

    static Launch of(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return new Launch(command);
    }

    /** Program and arguments, for a client that starts the process itself. */
    List<String> command() {
        return command;
    }

    Launch env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** A process to be started. */
    ProcessBuilder builder() {
        ProcessBuilder builder = BuiltJar.process(command);
        builder.environment().putAll(environment);
        return builder;
    }

    McpProcess start() {
        try {
            return new McpProcess(builder().start());
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
