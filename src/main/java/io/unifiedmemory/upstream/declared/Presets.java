package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The contracts that come with this server, as data. A preset is read when it is asked for. Stateless. */
final class Presets {

    /** Each is a resource {@code presets/NAME.json}. */
    static final List<String> NAMES = List.of(
            "memory-bank",
            "mcp-memory-libsql",
            "redis",
            "memory-keeper",
            "mcp-memory-sqlite",
            "mnemon",
            "ruflo",
            "doobidoo",
            "doobidoo-fastmcp",
            "basic-memory",
            "chroma",
            "mem0",
            "graphiti",
            "supermemory",
            "hindsight",
            "cognee",
            "qdrant");

    private Presets() {}

    /** The JSON of a preset; null when there is none of that name. */
    static @Nullable Map<String, Object> json(String name) {
        String text = text(name);
        return text == null ? null : Json.parseSettings(text);
    }

    /** The text of a preset, with its comments; null when there is none of that name. */
    static @Nullable String text(String name) {
        if (!NAMES.contains(name)) {
            return null;
        }
        try (InputStream in = Presets.class.getResourceAsStream("presets/" + name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks the contract " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
