package io.unifiedmemory.e2e;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder with a server's database and configuration and, where it has an upstream, the reference server's file. */
record Home(Path folder) {

    /** The name under which {@link #withReference} and {@link #withFault} configure the upstream. */
    static final String UPSTREAM = "reference";

    Path database() {
        return folder.resolve("memory.db");
    }

    Path graph() {
        return folder.resolve("graph.jsonl");
    }

    Path config() {
        return folder.resolve("config.json");
    }

    /** A server on SQLite alone. */
    Launch local() {
        return Launch.jar("--db", database().toString());
    }

    /** A server whose upstream is the real reference server. */
    Launch withReference(int timeoutMs) {
        return withUpstream("node", List.of(NodePackages.referenceServer().toString()), timeoutMs);
    }

    /** A server whose upstream is the reference server behind {@code faulty-upstream.mjs}. */
    Launch withFault(int timeoutMs, String... fault) {
        return withFault(timeoutMs, timeoutMs, fault);
    }

    /** The same, with another patience of searches. */
    Launch withFault(int timeoutMs, int patienceMs, String... fault) {
        Stream<String> script =
                Stream.of(NodePackages.script("faulty-upstream.mjs").toString());
        List<String> arguments = Stream.concat(script, Stream.of(fault)).toList();
        return withUpstream("node", arguments, timeoutMs, patienceMs);
    }

    /** A search waits for the upstream as long as any other call, so that a slow machine changes no result. */
    Launch withUpstream(String command, List<String> arguments, int timeoutMs) {
        return withUpstream(command, arguments, timeoutMs, timeoutMs);
    }

    private Launch withUpstream(String command, List<String> arguments, int timeoutMs, int patienceMs) {
        Map<String, Object> upstream = Map.of(
                "command",
                command,
                "args",
                arguments,
                "env",
                Map.of("MEMORY_FILE_PATH", graph().toString()),
                "timeoutMs",
                timeoutMs);
        write(config(), Map.of("upstreams", Map.of(UPSTREAM, upstream), "search", Map.of("patienceMs", patienceMs)));
        return Launch.jar("--db", database().toString(), "--config", config().toString());
    }

    static void write(Path file, Map<String, ?> json) {
        try {
            Files.writeString(file, Json.write(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
