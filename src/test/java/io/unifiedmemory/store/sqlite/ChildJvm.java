package io.unifiedmemory.store.sqlite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Another Java process with this class path, whose standard output and error are read line by line. They are taken from
 * it at once: a process that prints into a full pipe stands still, with the files open that others wait for.
 */
public final class ChildJvm implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>();

    private ChildJvm(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().map(Optional::of).forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add(Optional.of("the output cannot be read: " + e));
        } finally {
            output.add(Optional.empty());
        }
    }

    /** The next line; empty after the last one, again and again. */
    private Optional<String> line() throws InterruptedException {
        Optional<String> line = output.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("the process prints nothing");
        }
        if (line.isEmpty()) {
            output.add(line);
        }
        return line;
    }

    /**
     * Starts one.
     *
     * @param wrapper a command to which the Java command is appended, empty for none
     */
    public static ChildJvm start(List<String> wrapper, Class<?> main, String... arguments) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", classPath));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ChildJvm(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Reads on to a line that begins so (there may be log lines between) and returns the rest of it. */
    public String await(String prefix) throws InterruptedException {
        List<String> before = new ArrayList<>();
        for (Optional<String> line = line(); line.isPresent(); line = line()) {
            if (line.get().startsWith(prefix)) {
                return line.get().substring(prefix.length());
            }
            before.add(line.get());
        }
        throw new AssertionError("the process ended without a line that begins with " + prefix + ": " + before);
    }

    /** Lets the process go on that waits for a line. */
    public void writeLine(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Everything that is left of the output, after the process has ended. */
    public List<String> awaitEnd() throws InterruptedException {
        List<String> lines = new ArrayList<>();
        for (Optional<String> line = line(); line.isPresent(); line = line()) {
            lines.add(line.get());
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the process does not end");
        }
        return lines;
    }

    public int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL, where there are signals; what was printed can still be read. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
