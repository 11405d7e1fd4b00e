package io.unifiedmemory.chaos;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The server {@code @allpepper/memory-bank-mcp}, which keeps each memory in a file of its own. Its files are read here
 * without any code of the server under test. Stateless.
 */
final class MemoryBank {

    /** The environment variable that names its folder. */
    static final String ROOT = "MEMORY_BANK_ROOT";

    private static final String BEFORE_LINE = "\n\nunified_memory {";

    private MemoryBank() {}

    static List<String> command() {
        return List.of(
                "node",
                World.script("node_modules/@allpepper/memory-bank-mcp/dist/main/index.js")
                        .toString());
    }

    /** What is in its folder: texts by user and key. A deleted memory is a file without the line that belongs to one. */
    static Map<String, Map<String, String>> memories(Path folder) {
        Map<String, Map<String, String>> memories = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file);
                int line = text.lastIndexOf(BEFORE_LINE);
                if (line >= 0) {
                    JsonNode memory = Json.mapper().readTree(text.substring(line + BEFORE_LINE.length() - 1));
                    memories.computeIfAbsent(memory.path("user_id").asString(), user -> new HashMap<>())
                            .put(
                                    memory.path("key").asString(),
                                    memory.path("value").asString(text.substring(0, line)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return memories;
    }
}
