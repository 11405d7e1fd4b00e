package io.unifiedmemory.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.harness.postgres.PostgresDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The jar serving over HTTP on a free port. Closing asks it to end and kills it when it does not. */
final class HttpProcess implements AutoCloseable {

    private static final Pattern LISTENS = Pattern.compile("listens on (https?://[^/]+)/mcp");

    private final Process process;
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> base = new CompletableFuture<>();

    private HttpProcess(Process process) {
        this.process = process;
        Thread pump = new Thread(this::read, "test-http-stderr");
        pump.setDaemon(true);
        pump.start();
    }

    /** Starts a server on this database; waits until it listens. */
    static HttpProcess start(Path database, String... options) {
        return start(Launch.jar(arguments(database, options)));
    }

    /** Likewise on a database of a test server, which may be one that is not safe from a power cut. */
    static HttpProcess start(PostgresDatabase database, String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("serve", "--http", "127.0.0.1:0", "--db", database.address(), "--postgres-allow-weak"));
        arguments.addAll(List.of(options));
        return start(Launch.jar(arguments.toArray(String[]::new)).env("PGPASSWORD", database.password()));
    }

    /** Likewise with the heap that such a server needs in production, and the JVM's own choice of all else. */
    static HttpProcess bounded(Path database, String heap, String... options) {
        List<String> command = new ArrayList<>(List.of("-Xmx" + heap, "-jar", BuiltJar.path()));
        command.addAll(List.of(arguments(database, options)));
        return start(Launch.of(Path.of(BuiltJar.java()), command.toArray(String[]::new)));
    }

    private static String[] arguments(Path database, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("serve", "--http", "127.0.0.1:0", "--db", database.toString()));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    private static HttpProcess start(Launch launch) {
        ProcessBuilder builder = launch.builder();
        try {
            HttpProcess started = new HttpProcess(
                    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
            started.base();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                stderr.add(line);
                Matcher listens = LISTENS.matcher(line);
                if (listens.find()) {
                    base.complete(listens.group(1));
                }
            }
            base.completeExceptionally(new AssertionError("the server ended: " + stderr()));
        } catch (IOException e) {
            base.completeExceptionally(e);
        }
    }

    /** The address without a path. */
    String base() {
        try {
            return base.get(McpProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new AssertionError("the server does not listen: " + stderr(), e);
        }
    }

    /** The address of Streamable HTTP. */
    String mcp() {
        return base() + "/mcp";
    }

    /** The address of server-sent events. */
    String sse() {
        return base() + "/sse";
    }

    /** Of the server's process. */
    long pid() {
        return process.pid();
    }

    String stderr() {
        return String.join("\n", stderr);
    }

    /** Asks the server to end; gives its exit code. */
    int end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(McpProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the server does not end: " + stderr());
        }
        return process.exitValue();
    }

    /** {@code kill -9}, and waits until the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
