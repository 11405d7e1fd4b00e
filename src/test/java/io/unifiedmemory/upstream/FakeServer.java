package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.link.ServerAddress;
import io.unifiedmemory.upstream.link.Transport;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server in a process of its own that misbehaves on request: each of its tools has one fault. Arguments that it is
 * started with are faults from the start.
 */
public final class FakeServer {

    private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private static final List<String> HEARD = new ArrayList<>();

    private static String pages = "";
    private static String era = "";
    private static int listings;

    private FakeServer() {}

    /** The command that starts it; flags are those of {@link #main}. */
    public static ServerAddress.Stdio command(String... flags) {
        return java(List.of(), FakeServer.class, flags);
    }

    /** The command that runs a main class of the tests in a JVM of its own. */
    public static ServerAddress.Stdio java(List<String> jvmOptions, Class<?> main, String... args) {
        List<String> line = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(args));
        return new ServerAddress.Stdio(javaProgram(), line, Map.of());
    }

    static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * Serves until the end of its input.
     *
     * @param flags {@code stateless} speaks revision 2026-07-28 alone, {@code mute} says nothing when asked for what it
     *     speaks, {@code startled} ends then, {@code affronted} refuses and ends, {@code drowsy} greets nobody and ends; {@code pages} lists tools without an end, {@code circles} names two pages in turn; {@code deaf} reads nothing; {@code fails} says why and exits with 7; {@code stubborn} survives the end
     *     of its input and SIGTERM
     */
    public static void main(String[] flags) throws Exception {
        for (String flag : flags) {
            switch (flag) {
                case "deaf" -> forever();
                case "fails" -> {
                    stderr("no such database: x.db " + System.getenv().getOrDefault("FAKE_TOKEN", "") + "\n");
                    System.exit(7);
                }
                case "stubborn" -> Runtime.getRuntime().addShutdownHook(new Thread(FakeServer::forever));
                case "pages", "circles" -> pages = flag;
                case "stateless", "mute", "startled", "affronted", "drowsy" -> era = flag;
                default -> throw new IllegalArgumentException(flag);
            }
        }
        BufferedReader in = new BufferedReader(
                new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, Object> message = Json.parseObject(line);
            Object id = message.get("id");
            if (id != null) {
                answer(id, String.valueOf(message.get("method")), message.get("params"));
            }
        }
        if (List.of(flags).contains("stubborn")) {
            forever();
        }
    }

    private static void answer(Object id, String method, @Nullable Object params) throws Exception {
        HEARD.add(method);
        if (era.equals("drowsy") && method.equals("initialize")) {
            return;
        }
        if (era.equals("stateless") && !standsAlone(params)) {
            error(id, -32602, "every request names its revision");
            return;
        }
        switch (method) {
            case "server/discover" -> discover(id);
            case "initialize" ->
                result(
                        id,
                        Map.of(
                                "protocolVersion", "2025-11-25",
                                "capabilities", Map.of("tools", Map.of()),
                                "serverInfo", Map.of("name", "fake", "version", "1")));
            case "ping" -> result(id, Map.of());
            case "tools/list" -> {
                listings++;
                Object next = pages.equals("circles") ? listings % 2 : listings;
                result(
                        id,
                        pages.isEmpty()
                                ? Map.of("tools", List.of())
                                : Map.of("tools", List.of(), "nextCursor", String.valueOf(next)));
            }
            case "tools/call" -> {
                Map<String, Object> call = ToolReply.object((Map<?, ?>) Objects.requireNonNull(params));
                call(id, String.valueOf(call.get("name")), ToolReply.object((Map<?, ?>)
                        call.getOrDefault("arguments", Map.of())));
            }
            default -> error(id, -32601, "Method not found");
        }
    }

    private static boolean standsAlone(@Nullable Object params) {
        return params instanceof Map<?, ?> map
                && map.get("_meta") instanceof Map<?, ?> meta
                && "2026-07-28".equals(meta.get("io.modelcontextprotocol/protocolVersion"))
                && meta.get("io.modelcontextprotocol/clientCapabilities") instanceof Map;
    }

    private static void discover(Object id) throws IOException {
        switch (era) {
            case "stateless" ->
                result(
                        id,
                        Map.of(
                                "resultType",
                                "complete",
                                "supportedVersions",
                                List.of("2026-07-28"),
                                "capabilities",
                                Map.of("tools", Map.of()),
                                "ttlMs",
                                0,
                                "cacheScope",
                                "private"));
            case "mute" -> {}
            case "startled", "drowsy" -> System.exit(3);
            case "affronted" -> {
                error(id, -32601, "Method not found");
                System.exit(3);
            }
            default -> error(id, -32601, "Method not found");
        }
    }

    private static void error(Object id, int code, String message) throws IOException {
        line(Json.write(Map.of("jsonrpc", "2.0", "id", id, "error", Map.of("code", code, "message", message))) + "\n");
    }

    private static void call(Object id, String tool, Map<String, Object> arguments) throws Exception {
        switch (tool) {
            case "echo" -> {}
            case "heard" -> {
                result(id, Map.of("content", List.of(Map.of("type", "text", "text", String.join(" ", HEARD)))));
                return;
            }
            case "ask" -> {
                result(id, Map.of("resultType", "input_required", "requestState", "x"));
                return;
            }
            case "babble" -> line("this is not JSON\n\n[1,2]\n{\"jsonrpc\":\"2.0\"}\n");
            case "large" -> {
                byte[] part = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
                line("{\"jsonrpc\":\"2.0\",\"id\":" + Json.write(id)
                        + ",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"");
                for (int i = 0; i < 40; i++) {
                    OUT.write(part);
                }
                line("\"}]}}\n");
                return;
            }
            case "die" -> Runtime.getRuntime().halt(9);
            case "ignore" -> {
                return; // never answered, though everything else is
            }
            case "hang" -> forever();
            case "flood" -> {
                String text = "stderr ".repeat(1000) + "\n";
                for (int i = 0; i < 1000; i++) {
                    stderr(text);
                }
            }
            case "burst" -> {
                byte[] part = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i <= Transport.MAX_MESSAGE_BYTES >> 20; i++) {
                    OUT.write(part);
                }
                line("\n");
            }
            case "breed" -> {
                Path pid = Path.of(String.valueOf(arguments.get("text")));
                Process child = new ProcessBuilder("sleep", "600").inheritIO().start();
                Files.writeString(pid, Long.toString(child.pid()));
            }
            default -> throw new IllegalArgumentException(tool);
        }
        String text = String.valueOf(arguments.get("text"));
        result(id, Map.of("content", List.of(Map.of("type", "text", "text", text))));
    }

    private static void result(Object id, Map<String, Object> result) throws IOException {
        line(Json.write(Map.of("jsonrpc", "2.0", "id", id, "result", result)) + "\n");
    }

    private static void line(String text) throws IOException {
        OUT.write(text.getBytes(StandardCharsets.UTF_8));
        OUT.flush();
    }

    private static void stderr(String text) throws IOException {
        new FileOutputStream(FileDescriptor.err).write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void forever() {
        while (true) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
