package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.transfer.format.Lines.Line;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads exports of mem0 and OpenMemory, and whatever else is a list of texts with ids: an array, an object with {@code
 * results} or {@code memories}, or one object a line. OpenMemory's own file ({@code memories.json}, of {@code
 * openmemory/api/app/routers/backup.py} in mem0) names its user, its apps and its categories before the memories.
 */
final class Mem0Reader implements ItemReader {

    private static final String PREFIX = "mem0/";
    /** Apps and categories whose names are kept; the memories of further ones have their ids. */
    private static final int MOST_NAMES = 100_000;

    private static final int MOST_NAME_CHARS = 1_000;

    private static final String[] TEXT = {"memory", "content", "text", "data"};
    private static final Set<String> READ = Set.of(
            "id",
            "memory",
            "content",
            "text",
            "data",
            "user_id",
            "created_at",
            "updated_at",
            "metadata",
            "hash",
            "state",
            "category_ids",
            "app_id",
            "archived_at",
            "deleted_at",
            "score");

    private final Source source;
    private final boolean lines;
    private final Times times;
    private final Map<String, String> names = new HashMap<>();
    private @Nullable String user;

    /** @param lines whether each line is one object */
    Mem0Reader(Source source, boolean lines, Times times) {
        this.source = source;
        this.lines = lines;
        this.times = times;
    }

    @Override
    public void read(Consumer<Item> items) throws IOException {
        if (lines) {
            readLines(items);
            return;
        }
        JsonElements.read(source, new JsonElements.Listener() {
            @Override
            public void element(String field, String place, @Nullable Object value) {
                Mem0Reader.this.element(field, source.at(place), JsonFields.object(value), items);
            }

            @Override
            public void fault(String place, String reason) {
                items.accept(new Item.Unreadable(source.at(place), reason));
            }
        });
    }

    private void readLines(Consumer<Item> items) throws IOException {
        try (Lines all = new Lines(source)) {
            for (Line line = all.next(); line != null; line = all.next()) {
                String place = source.at(line.place());
                if (line.fault() != null) {
                    items.accept(new Item.Unreadable(place, line.fault()));
                } else if (!line.text().isBlank()) {
                    try {
                        memory(place, Json.parseUnambiguous(line.text()), items);
                    } catch (JacksonException e) {
                        items.accept(new Item.Unreadable(place, "is not one JSON object: " + e.getOriginalMessage()));
                    }
                }
            }
        }
    }

    private void element(String field, String place, Map<String, Object> value, Consumer<Item> items) {
        switch (field) {
            case "user" -> user = JsonFields.text(value, "user_id");
            case "apps", "categories" -> {
                String id = JsonFields.text(value, "id");
                String name = JsonFields.text(value, "name");
                if (id == null || name == null) {
                    return;
                }
                if (names.size() < MOST_NAMES && id.length() + name.length() <= MOST_NAME_CHARS) {
                    names.put(id, name);
                } else {
                    items.accept(new Item.Remark(place, "is one name too many or too long: its id stands for it"));
                }
            }
            case "", "results", "memories" -> memory(place, value, items);
            case "relations", "entities" ->
                items.accept(new Item.Remark(place, "is a relation of mem0's graph, and left out"));
            default -> items.accept(new Item.Remark(place, "holds no memory (" + field + "), and is left out"));
        }
    }

    private void memory(String place, Map<String, Object> value, Consumer<Item> items) {
        String text = JsonFields.text(value, TEXT);
        String id = JsonFields.text(value, "id", "memory_id", "uuid");
        if (text == null || id == null) {
            items.accept(new Item.Unreadable(place, "has no \"id\", or no text in \"memory\" or \"content\""));
        } else if ("deleted".equals(value.get("state")) || value.get("deleted_at") != null) {
            items.accept(new Item.Remark(place, "is deleted there, and left out"));
        } else {
            items.accept(new Item.Foreign(
                    place,
                    user == null ? JsonFields.text(value, "user_id") : user,
                    PREFIX + id,
                    text,
                    metadata(value),
                    times.read(value.get("created_at"), place, items),
                    times.read(value.get("updated_at"), place, items)));
        }
    }

    private Map<String, Object> metadata(Map<String, Object> value) {
        Map<String, Object> metadata = new LinkedHashMap<>(JsonFields.object(value.get("metadata")));
        List<String> categories = new ArrayList<>();
        JsonFields.list(value.get("category_ids"))
                .forEach(id -> categories.add(names.getOrDefault(String.valueOf(id), String.valueOf(id))));
        JsonFields.put(metadata, "categories", categories);
        String app = JsonFields.text(value, "app_id");
        JsonFields.put(metadata, "app", app == null ? null : names.getOrDefault(app, app));
        if (!"active".equals(value.get("state"))) {
            JsonFields.put(metadata, "state", value.get("state"));
        }
        value.forEach((name, each) -> {
            if (!READ.contains(name)) {
                JsonFields.put(metadata, name, each);
            }
        });
        return metadata;
    }
}
