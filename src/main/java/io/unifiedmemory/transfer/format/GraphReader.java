package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.transfer.format.Lines.Line;
import io.unifiedmemory.upstream.graph.GraphMemories;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads the {@code memory.jsonl} of {@code @modelcontextprotocol/server-memory}: a line for each entity, and one for each
 * relation. Relations belong to the entities at both their ends, so they are read first.
 */
final class GraphReader implements ItemReader {

    /** Stands for the user of an entity that names none, until the import knows. */
    private static final String NOBODY = "";

    /** Characters of all relations that are kept until their entities come; the server itself keeps everything. */
    private static final long MOST_CHARS_OF_RELATIONS = 64L * 1024 * 1024;

    private final Source source;
    private long charsOfRelations;
    private final Map<String, List<Map<String, Object>>> relations = new HashMap<>();

    GraphReader(Source source) {
        this.source = source;
    }

    /** Whether the first line of a file is one of a graph. */
    static boolean begins(Map<String, String> fields) {
        String type = fields.get("type");
        return ("entity".equals(type) && fields.containsKey("name"))
                || ("relation".equals(type) && fields.containsKey("from"));
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        lines((line, json) -> {
            if ("relation".equals(json.get("type"))) {
                charsOfRelations += line.text().length();
                if (charsOfRelations <= MOST_CHARS_OF_RELATIONS) {
                    relate(json);
                } else {
                    items.accept(new Item.Unreadable(
                            source.at(line.place()),
                            "is a relation behind more than can be kept, and was passed over"));
                }
            }
        });
        lines((line, json) -> {
            if (json.isEmpty()) {
                items.accept(new Item.Unreadable(source.at(line.place()), fault(line)));
            } else if (!"relation".equals(json.get("type"))) {
                read(source.at(line.place()), json, items);
            }
        });
    }

    private void relate(Map<String, Object> line) {
        Map<String, Object> relation = JsonFields.object(line);
        relation.remove("type"); // the server tells the others without it
        String from = String.valueOf(relation.get("from"));
        String to = String.valueOf(relation.get("to"));
        relations.computeIfAbsent(from, name -> new ArrayList<>()).add(relation);
        if (!from.equals(to)) {
            relations.computeIfAbsent(to, name -> new ArrayList<>()).add(relation);
        }
    }

    private void read(String place, Map<String, Object> entity, Consumer<Item> items) {
        if (!"entity".equals(entity.get("type"))) {
            items.accept(new Item.Unreadable(place, "is neither an entity nor a relation"));
            return;
        }
        String name = String.valueOf(entity.get("name"));
        GraphMemories.Held held = GraphMemories.read(entity, relations.getOrDefault(name, List.of()), NOBODY);
        if (held == null) {
            items.accept(
                    new Item.Unreadable(place, "needs \"name\", \"entityType\" and a list \"observations\" of texts"));
            return;
        }
        if (held.more()) {
            items.accept(new Item.Unreadable(
                    place, "was written by this program, and has observations of others, which are left out"));
        }
        var memory = held.memory();
        items.accept(
                held.ours()
                        ? new Item.Memory(place, memory)
                        : new Item.Foreign(place, null, memory.key(), memory.value(), memory.metadata(), null, null));
    }

    @FunctionalInterface
    private interface LineListener {
        /** @param json without fields where the line is no object */
        void line(Line line, Map<String, Object> json);
    }

    private void lines(LineListener listener) throws IOException {
        try (Lines lines = new Lines(source)) {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                if (!line.text().isBlank() || line.fault() != null) {
                    listener.line(line, Objects.requireNonNullElse(object(line.text()), Map.of()));
                }
            }
        }
    }

    private static @Nullable Map<String, Object> object(String text) {
        try {
            return Json.parseUnambiguous(text);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static String fault(Line line) {
        return line.fault() == null ? "is not one JSON object" : line.fault();
    }
}
