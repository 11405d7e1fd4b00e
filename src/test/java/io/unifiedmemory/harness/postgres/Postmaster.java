package io.unifiedmemory.harness.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.harness.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processes of one running server: the first one, which starts all others, and these. */
final class Postmaster {

    /**
     * Starts every server and lives as long as this JVM: the kernel kills a server when the thread ends that started
     * it, so that none outlives a JVM that is killed.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "postgres-starter");
        thread.setDaemon(true);
        return thread;
    });

    private final Process process;

    private Postmaster(Process process) {
        this.process = process;
    }

    /** @param log takes what the server writes, after what is there already */
    static Postmaster start(List<String> command, Path log) {
        return new Postmaster(onStarter(() -> builder(command, log).start()));
    }

    /** Runs a program that ends by itself, such as {@code initdb}. */
    static void run(List<String> command, Path log) {
        int code = onStarter(() -> builder(command, log).start().waitFor());
        if (code != 0) {
            throw new IllegalStateException(command + " ends with " + code + ": " + end(log));
        }
    }

    private static ProcessBuilder builder(List<String> command, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // PGDATA, PGPORT and others would be for a server of the developer's.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        return builder;
    }

    private static <T> T onStarter(Callable<T> work) {
        try {
            return STARTER.submit(work).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends open transactions and writes everything down, as {@code pg_ctl stop} does. */
    void stop() {
        endBy("INT");
    }

    /** Ends at once, as after a power cut, but releases what it holds of the kernel. */
    void abort() {
        endBy("QUIT");
    }

    private void endBy(String signal) {
        List<ProcessHandle> all = processes();
        signal(signal, List.of(process.toHandle()));
        awaitEnd(all);
    }

    /** {@code kill -9} of all processes. */
    void kill() {
        signal("STOP", List.of(process.toHandle()));
        List<ProcessHandle> all = processes();
        signal("KILL", all);
        awaitEnd(all);
    }

    /** Nothing moves any more, while all connections stay open. */
    void freeze() {
        signal("STOP", List.of(process.toHandle()));
        // Only now nobody starts another one.
        signal("STOP", processes());
    }

    void thaw() {
        signal("CONT", processes());
    }

    /** All of them that live now. */
    List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** By the shell's own {@code kill}: the program is not on every system. */
    private static void signal(String name, List<ProcessHandle> processes) {
        String ids =
                processes.stream().map(handle -> Long.toString(handle.pid())).collect(Collectors.joining(" "));
        try {
            // One that has ended meanwhile is no fault; whether the signal did what it is for is seen afterwards.
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + ids)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void awaitEnd(List<ProcessHandle> all) {
        Eventually.await(
                () -> !process.isAlive() && all.stream().noneMatch(Postmaster::runs),
                () -> "processes of " + process.pid() + " are to end");
    }

    /**
     * Whether a process still does anything. One that has ended but that nobody has waited for is gone too: an orphan
     * stays like that in a container whose first process waits for none, and looks alive to Java.
     */
    static boolean runs(ProcessHandle handle) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(handle.pid()), "stat"), UTF_8);
            return handle.isAlive() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            // "No such process" while reading.
            return handle.isAlive();
        }
    }

    /** The end of a log, for messages. */
    static String end(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return log + " cannot be read: " + e;
        }
    }
}
