package io.unifiedmemory.chaos;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.MessagePipe;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The built jar as a process that may die at any moment: a call answers, or says that the process was gone before its
 * answer came. For one thread.
 */
final class ServerProcess implements AutoCloseable {

    /** Longer than any answer takes, also on a loaded machine. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final MessagePipe pipe;
    private final Path log;
    private int lastId;

    /** Whether the process reads no more, and so answers nothing. */
    private boolean gone;

    /** @param log takes what the process writes to stderr, after what is there already */
    ServerProcess(List<String> arguments, Path log) {
        this(arguments, Map.of(), log);
    }

    /** @param environment is added to that of this process */
    ServerProcess(List<String> arguments, Map<String, String> environment, Path log) {
        this.log = log;
        ProcessBuilder builder = BuiltJar.process(BuiltJar.command(arguments));
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pipe = new MessagePipe(process, line -> {});
        send("initialize", ClientMessages.initializeParams(ClientMessages.REVISION));
        if (answer() != null) {
            write(ClientMessages.initialized());
        }
    }

    private void send(String method, Map<String, ?> params) {
        write(ClientMessages.request(++lastId, method, params));
    }

    private void write(String message) {
        try {
            pipe.send(message);
        } catch (IOException e) {
            gone = true;
        }
    }

    /** Sends a call that says more than a client does, without waiting for its answer. */
    void send(String tool, Object arguments, Map<String, ?> meta) {
        send("tools/call", Map.of("name", tool, "arguments", arguments, "_meta", meta));
    }

    /** Sends a call without waiting for its answer. */
    void send(String tool, Object arguments) {
        send("tools/call", Map.of("name", tool, "arguments", arguments));
    }

    /** The answer to the last call; null when the process ended before it gave one. */
    @Nullable
    JsonNode answer() {
        while (!gone) {
            Optional<String> line;
            try {
                line = pipe.next(PATIENCE);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            } catch (TimeoutException e) {
                throw new IllegalStateException(e.getMessage() + ", see " + log, e);
            }
            if (line.isEmpty()) {
                return null;
            }
            JsonNode message = Json.mapper().readTree(line.get());
            if (message.path("id").asInt(0) == lastId) {
                return message.path("result");
            }
        }
        return null;
    }

    @Nullable
    JsonNode call(String tool, Map<String, ?> arguments) {
        send(tool, (Object) arguments);
        return answer();
    }

    /** The structured content of a call that must succeed. */
    JsonNode ask(String tool, Map<String, ?> arguments) {
        JsonNode result = call(tool, arguments);
        if (result == null || result.path("isError").asBoolean(false)) {
            throw new IllegalStateException(tool + " " + arguments + ": " + result + ", see " + log);
        }
        return result.path("structuredContent");
    }

    /** Asks again and again until the answer is as wanted; an error when that takes longer than {@code patience}. */
    JsonNode askUntil(String tool, Map<String, ?> arguments, Duration patience, Predicate<JsonNode> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        JsonNode answer = ask(tool, arguments);
        while (!wanted.test(answer)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(tool + " still answers " + answer + " after " + patience);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            answer = ask(tool, arguments);
        }
        return answer;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the process started. */
    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    /** Sends a signal, named as for {@code kill}, to each of them, which must be there. */
    void signalChildren(String signal) throws IOException, InterruptedException {
        for (ProcessHandle child : children()) {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + signal + " " + child.pid() + " ends with " + code);
            }
        }
    }

    /** {@code kill -9}, and waits until the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Ends the input and waits for the process to end by itself; what does not within {@link #PATIENCE} is killed. */
    @Override
    public void close() {
        List<ProcessHandle> children = children();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroyForcibly();
        }
        awaitEnd();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the server did not end, see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
