package io.unifiedmemory.tools;

import io.unifiedmemory.memory.util.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the result of a search for a model to read: half as long as its JSON, and without what a model has no use for.
 * A program reads the structured content. Stateless.
 */
final class SearchText {

    private static final int DATE_CHARS = "2026-01-31".length();

    private SearchText() {}

    /** One memory after the other, each beginning on a line of its own, and then what else there is to know. */
    static String of(Map<String, Object> result) {
        StringBuilder text = new StringBuilder();
        if (result.get("results") instanceof List<?> hits) {
            hits.forEach(hit -> append(text, (Map<?, ?>) hit));
        }
        if (text.isEmpty()) {
            text.append("nothing found\n");
        }
        if (result.get(Fields.PROBLEMS) instanceof Map<?, ?> problems) {
            text.append("complete: false, not heard: ")
                    .append(String.join(
                            ", ",
                            problems.keySet().stream().map(String::valueOf).toList()))
                    .append('\n');
        }
        append(text, "note", result.get("note"));
        append(text, "next_cursor", result.get("next_cursor"));
        return text.toString();
    }

    private static void append(StringBuilder text, Map<?, ?> hit) {
        text.append("- ").append(hit.get("key")).append(": ");
        // Lines of a memory are indented, so that none of them passes for the beginning of another memory.
        text.append(String.valueOf(hit.get("value")).replace("\n", "\n  "));
        if (hit.get("updated_at") instanceof String time && time.length() > DATE_CHARS) {
            text.append(" [").append(time, 0, DATE_CHARS).append(']');
        }
        if (hit.get("metadata") instanceof Map<?, ?> metadata && !metadata.isEmpty()) {
            text.append(' ').append(Json.write(metadata));
        }
        if (Boolean.TRUE.equals(hit.get("truncated"))) {
            text.append(" (a part; retrieve reads the rest)");
        }
        if (Boolean.TRUE.equals(hit.get("by_meaning"))) {
            text.append(" (found by its meaning alone)");
        }
        if (Boolean.TRUE.equals(hit.get("source"))) {
            text.append(" (found in ")
                    .append(hit.get("backends") instanceof List<?> names ? names.get(0) : "a source")
                    .append(", not kept here)");
        }
        text.append('\n');
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(name).append(": ").append(value).append('\n');
        }
    }
}
