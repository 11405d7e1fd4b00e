package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The reference server over HTTP (http-memory.mjs); wants the header {@code X-Api-Key: secret}. */
final class HttpMemory implements AutoCloseable {

    final int port;
    /** The URLs that were asked for, in the order of requests. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final Process process;

    /** @param wantedPort 0 for any */
    HttpMemory(Path memoryFile, int wantedPort) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("node", NodeServers.file("http-memory.mjs"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MEMORY_FILE_PATH", memoryFile.toString());
        builder.environment().put("REQUIRED_HEADER", "X-Api-Key: secret");
        builder.environment().put("PORT", Integer.toString(wantedPort));
        process = builder.start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String first = lines.readLine();
        if (first == null) {
            throw new AssertionError("http-memory.mjs ended with exit code "
                    + process.onExit().join().exitValue());
        }
        port = ((Number) Json.parseObject(first).getOrDefault("port", 0)).intValue();
        Daemon.start("http-memory requests", () -> readRequests(lines));
    }

    void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }

    private void readRequests(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, Object> request = Json.parseObject(line);
                requests.add(String.valueOf(request.get("url")));
            }
        } catch (IOException e) {
            requests.add("(ended)"); // the process was killed while it wrote
        }
    }
}
