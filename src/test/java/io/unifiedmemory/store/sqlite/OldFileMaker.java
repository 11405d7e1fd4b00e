package io.unifiedmemory.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.OldFile.Call;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Has the jar of some build write a database file: a client's session over stdio, with one server behind it that is
 * down and one, the same jar, that takes no long text. Each call waits for its reply; the end of the session closes the
 * file.
 *
 * <p>Arguments: the jar, an empty folder for what else comes into being, and the file to be written.
 */
final class OldFileMaker {

    private OldFileMaker() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path jar = Path.of(arguments[0]).toAbsolutePath();
        Path folder = Path.of(arguments[1]).toAbsolutePath();
        Path file = Path.of(arguments[2]).toAbsolutePath();
        Path config = Files.writeString(folder.resolve("config.json"), config(jar, folder));
        ProcessBuilder builder = new ProcessBuilder("java", "-jar", jar.toString(), "--config", config.toString())
                .redirectError(Redirect.INHERIT);
        builder.command().addAll(List.of("--db", file.toString()));
        builder.environment().keySet().removeIf(name -> name.startsWith("UNIFIED_MEMORY_"));
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream();
                BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            Map<String, Object> client = Map.of("name", "old-files", "version", "1");
            ask(
                    in,
                    out,
                    0,
                    "initialize",
                    Map.of("protocolVersion", "2025-06-18", "capabilities", Map.of(), "clientInfo", client));
            send(in, Map.of("jsonrpc", "2.0", "method", "notifications/initialized"));
            int id = 0;
            for (Call call : OldFile.calls()) {
                ask(in, out, ++id, "tools/call", Map.of("name", call.tool(), "arguments", call.arguments()));
            }
        }
        if (process.waitFor() != 0 || Files.exists(Path.of(file + "-wal"))) {
            throw new IOException("the server did not end well, or left a journal beside " + file);
        }
    }

    private static String config(Path jar, Path folder) {
        List<String> strict = List.of(
                "-jar", jar.toString(), "--db", folder.resolve("strict.db").toString(), "--max-value-bytes", "4000");
        return Json.write(Map.of(
                "upstreams",
                Map.of(
                        OldFile.DOWN, Map.of("command", "no-such-memory-server", "contract", "unified"),
                        OldFile.STRICT, Map.of("command", "java", "args", strict, "contract", "unified"))));
    }

    private static void ask(OutputStream in, BufferedReader out, int id, String method, Map<String, Object> params)
            throws IOException {
        send(in, Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params));
        String reply = out.readLine();
        while (reply != null && !reply.contains("\"id\":" + id + ",") && !reply.contains("\"id\":" + id + "}")) {
            reply = out.readLine(); // a notification
        }
        if (reply == null || reply.contains("\"isError\":true")) {
            throw new IOException(method + " " + params + " failed: " + reply);
        }
    }

    private static void send(OutputStream in, Map<String, Object> message) throws IOException {
        in.write((Json.write(message) + "\n").getBytes(UTF_8));
        in.flush();
    }
}
