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
            "ruflo");

    private Presets() {}

    /** The JSON of a preset; null when there is none of that name. */
    static @Nullable Map<String, Object> json(String name) {
        if (!NAMES.contains(name)) {
            return null;
        }
        try (InputStream in = Presets.class.getResourceAsStream("presets/" + name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks the contract " + name);
            }
            return Json.parseSettings(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
