package io.unifiedmemory.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.MessagePipe;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A running process that speaks JSON-RPC over its standard streams, one message per line. Every wait ends after
 * {@link #PATIENCE} with an error that shows the process's stderr. Waiting is for one thread, another may
 * send; closing kills the process.
 */
final class McpProcess implements AutoCloseable {

    /** Longer than any answer takes, also on a loaded machine. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final MessagePipe pipe;
    private final Thread stderrPump;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private final Map<JsonNode, JsonNode> early = new HashMap<>();
    private int lastId;

    McpProcess(Process process) {
        this.process = process;
        pipe = new MessagePipe(process, lines::add);
        stderrPump = new Thread(this::readStderr, "test-stderr");
        stderrPump.setDaemon(true);
        stderrPump.start();
    }

    private void readStderr() {
        try (Reader reader = new InputStreamReader(process.getErrorStream(), UTF_8)) {
            char[] buffer = new char[8192];
            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                stderr.add(new String(buffer, 0, n));
            }
        } catch (IOException e) {
            stderr.add("stderr is unreadable: " + e);
        }
    }

    /** Writes bytes as they are. */
    McpProcess sendRaw(byte[] bytes) {
        try {
            pipe.sendRaw(bytes);
            return this;
        } catch (IOException e) {
            throw new AssertionError("the process does not read: " + this, e);
        }
    }

    McpProcess sendLine(String line) {
        return sendRaw((line + "\n").getBytes(UTF_8));
    }

    /** Sends a request with the given id without waiting for the reply. */
    McpProcess sendRequest(Object id, String method, Map<String, ?> params) {
        return sendLine(ClientMessages.request(id, method, params));
    }

    /** Sends a {@code tools/call} with the given id without waiting for the reply. */
    McpProcess sendCall(Object id, String tool, Map<String, ?> arguments) {
        return sendLine(ClientMessages.call(id, tool, arguments));
    }

    McpProcess sendNotification(String method, Map<String, ?> params) {
        return sendLine(ClientMessages.notification(method, params));
    }

    /** Sends a request and waits for its reply: the whole message, result or error. */
    JsonNode request(String method, Map<String, ?> params) {
        String id = "request-" + ++lastId;
        sendRequest(id, method, params);
        return replyTo(id);
    }

    /** The handshake; returns the result of {@code initialize}. */
    JsonNode initialize() {
        return initialize(ClientMessages.REVISION);
    }

    JsonNode initialize(String protocolVersion) {
        JsonNode result = request("initialize", ClientMessages.initializeParams(protocolVersion))
                .path("result");
        sendLine(ClientMessages.initialized());
        return result;
    }

    /** Calls a tool; returns the result, which may be a tool error. */
    JsonNode call(String tool, Map<String, ?> arguments) {
        JsonNode reply = request("tools/call", Map.of("name", tool, "arguments", arguments));
        if (!reply.has("result")) {
            throw new AssertionError(tool + " was answered by " + reply);
        }
        return reply.get("result");
    }

    /** Calls a tool that must succeed; returns its structured content. */
    JsonNode ask(String tool, Map<String, ?> arguments) {
        JsonNode result = call(tool, arguments);
        if (result.path("isError").asBoolean(false)) {
            throw new AssertionError(tool + " failed: " + result);
        }
        return result.path("structuredContent");
    }

    /** Repeats a call until its answer is as wanted; returns that answer. */
    JsonNode askUntil(String tool, Map<String, ?> arguments, Predicate<JsonNode> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode answer = ask(tool, arguments);
        while (!wanted.test(answer)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(tool + " still answers " + answer + " after " + PATIENCE + ": " + this);
            }
            answer = ask(tool, arguments);
        }
        return answer;
    }

    /** The next message, whatever it is. */
    JsonNode next() {
        String line = nextLine();
        try {
            return Json.mapper().readTree(line);
        } catch (JacksonException e) {
            throw new AssertionError("not a JSON-RPC line on stdout: " + line, e);
        }
    }

    /** The reply to one request; other messages are kept for later. */
    JsonNode replyTo(Object id) {
        JsonNode wanted = Json.mapper().valueToTree(id);
        JsonNode reply = early.remove(wanted);
        while (reply == null) {
            JsonNode message = next();
            if (message.path("id").equals(wanted)) {
                reply = message;
            } else {
                early.put(message.path("id"), message);
            }
        }
        return reply;
    }

    private String nextLine() {
        try {
            return pipe.next(PATIENCE).orElseThrow(() -> new AssertionError("stdout ended: " + this));
        } catch (TimeoutException e) {
            throw new AssertionError(e.getMessage() + ": " + this, e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the process's input. */
    McpProcess closeInput() {
        try {
            process.getOutputStream().close();
            return this;
        } catch (IOException e) {
            throw new AssertionError("cannot close the input of " + this, e);
        }
    }

    /** Waits for the process and its output to end. */
    int exitCode() {
        try {
            if (!process.waitFor(PATIENCE.toNanos(), NANOSECONDS)) {
                throw new AssertionError("still running after " + PATIENCE + ": " + this);
            }
            pipe.awaitEnd(PATIENCE);
            stderrPump.join(PATIENCE.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Every line that was written to stdout so far. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    /** What was written to stderr so far. */
    String stderr() {
        return String.join("", stderr);
    }

    /** The process itself, for its id and its children. */
    ProcessHandle handle() {
        return process.toHandle();
    }

    /** {@code kill -9}, and waits until the process is gone. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    @Override
    public void close() {
        List<ProcessHandle> descendants = handle().descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "process " + process.pid() + (process.isAlive() ? "" : ", ended") + ", stderr:\n" + stderr();
    }
}
