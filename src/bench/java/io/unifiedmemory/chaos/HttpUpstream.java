package io.unifiedmemory.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The one process of an upstream over HTTP, which can be killed and started again; each time it is somewhere else.
 * Thread-safe.
 */
final class HttpUpstream implements AutoCloseable {

    /** Where it listens, as the reference server's wrapper and this server say it. */
    private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)|http://127\\.0\\.0\\.1:(\\d+)");

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private Process process;
    private volatile URI address;

    HttpUpstream(List<String> command, Map<String, String> environment, Path log) {
        this.command = command;
        this.environment = environment;
        this.log = log;
        this.process = launch();
        this.address = awaitAddress(process);
    }

    private Process launch() {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().removeIf(name -> name.startsWith("UNIFIED_MEMORY_"));
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI awaitAddress(Process started) {
        CompletableFuture<String> port = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(started, port), "chaos-upstream");
        reader.setDaemon(true);
        reader.start();
        return URI.create("http://127.0.0.1:"
                + port.orTimeout(ServerProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join() + "/mcp");
    }

    private void read(Process started, CompletableFuture<String> port) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(started.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher said = PORT.matcher(line);
                if (!port.isDone() && said.find()) {
                    port.complete(said.group(1) == null ? said.group(2) : said.group(1));
                } else if (!line.startsWith("{\"method\"")) {
                    Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
        } catch (IOException e) {
            // It was killed while it wrote.
        }
        port.completeExceptionally(new IllegalStateException("the upstream over HTTP ended, see " + log));
    }

    URI address() {
        return address;
    }

    /** The process and what it started. */
    synchronized List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** Starts it again if it is dead. */
    synchronized void revive() {
        if (!process.isAlive()) {
            process = launch();
            address = awaitAddress(process);
        }
    }

    @Override
    public synchronized void close() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }
}
