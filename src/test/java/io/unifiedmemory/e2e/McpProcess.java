package io.unifiedmemory.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.unifiedmemory.memory.util.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
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

    /** A line of stdout; without a text the end of it. */
    private record Line(@Nullable String text) {}

    private final Process process;
    private final Thread stdoutPump;
    private final Thread stderrPump;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Line> unread = new LinkedBlockingQueue<>();
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private final Map<JsonNode, JsonNode> early = new HashMap<>();
    private int lastId;

    McpProcess(Process process) {
        this.process = process;
        stdoutPump = pump("stdout", this::readStdout);
        stderrPump = pump("stderr", this::readStderr);
    }

    private static Thread pump(String name, Runnable work) {
        Thread thread = new Thread(work, "test-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Malformed UTF-8 ends the reading and shows as a line of its own, which is not JSON. */
    private void readStdout() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8.newDecoder()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                unread.add(new Line(line));
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                unread.add(new Line("stdout is unreadable: " + e));
            }
        }
        unread.add(new Line(null));
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
            process.getOutputStream().write(bytes);
            process.getOutputStream().flush();
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
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("id", id);
        message.put("method", method);
        message.put("params", params);
        return sendLine(Json.write(message));
    }

    /** Sends a {@code tools/call} with the given id without waiting for the reply. */
    McpProcess sendCall(Object id, String tool, Map<String, ?> arguments) {
        return sendRequest(id, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    McpProcess sendNotification(String method, Map<String, ?> params) {
        return sendLine(Json.write(Map.of("jsonrpc", "2.0", "method", method, "params", params)));
    }

    /** Sends a request and waits for its reply: the whole message, result or error. */
    JsonNode request(String method, Map<String, ?> params) {
        String id = "request-" + ++lastId;
        sendRequest(id, method, params);
        return replyTo(id);
    }

    /** The handshake; returns the result of {@code initialize}. */
    JsonNode initialize() {
        return initialize("2025-11-25");
    }

    JsonNode initialize(String protocolVersion) {
        JsonNode result =
                request("initialize", initializeParams(protocolVersion)).path("result");
        sendNotification("notifications/initialized", Map.of());
        return result;
    }

    static Map<String, Object> initializeParams(String protocolVersion) {
        return Map.of(
                "protocolVersion",
                protocolVersion,
                "capabilities",
                Map.of(),
                "clientInfo",
                Map.of("name", "end-to-end test", "version", "1"));
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
        Line line;
        try {
            line = unread.poll(PATIENCE.toNanos(), NANOSECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        if (line == null) {
            throw new AssertionError("no answer within " + PATIENCE + ": " + this);
        }
        if (line.text == null) {
            throw new AssertionError("stdout ended: " + this);
        }
        return line.text;
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
            stdoutPump.join(PATIENCE.toMillis());
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
