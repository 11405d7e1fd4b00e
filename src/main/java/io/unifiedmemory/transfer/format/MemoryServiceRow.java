package io.unifiedmemory.transfer.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table {@code memories} of mcp-memory-service (doobidoo), whose memories have no keys but the hash of their
 * content. Schema: {@code src/mcp_memory_service/storage/sqlite_vec.py} of that project. Stateless.
 */
final class MemoryServiceRow {

    static final String TABLE = "memories";

    private static final String PREFIX = "mcp-memory-service/";
    private static final int HASH_CHARS = 16;
    private static final Set<String> READ = Set.of(
            "id",
            "content_hash",
            "content",
            "tags",
            "memory_type",
            "metadata",
            "created_at",
            "updated_at",
            "created_at_iso",
            "updated_at_iso",
            "deleted_at");

    private MemoryServiceRow() {}

    static boolean isTable(List<String> columns) {
        return columns.containsAll(List.of("content_hash", "content", "tags", "memory_type"));
    }

    static void read(Map<String, @Nullable Object> row, String file, Times times, Consumer<Item> items) {
        String place = file + ", row " + row.get("id") + " of " + TABLE;
        if (row.get("deleted_at") != null) {
            items.accept(new Item.Remark(place, "is deleted there, and left out"));
            return;
        }
        if (!(row.get("content_hash") instanceof String hash) || !(row.get("content") instanceof String content)) {
            items.accept(new Item.Unreadable(place, "has no content, or no hash of it"));
            return;
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        JsonFields.put(metadata, "memory_type", row.get("memory_type"));
        JsonFields.put(metadata, "tags", RowReader.tags(row.get("tags")));
        JsonFields.object(RowReader.json(row.get("metadata")))
                .forEach((name, value) -> JsonFields.put(metadata, name, value));
        row.forEach((name, value) -> {
            if (!READ.contains(name) && !(value instanceof byte[])) {
                JsonFields.put(metadata, name, value);
            }
        });
        items.accept(new Item.Foreign(
                place,
                null,
                PREFIX + hash.substring(0, Math.min(HASH_CHARS, hash.length())),
                content,
                metadata,
                times.read(row.get("created_at"), place, items),
                times.read(row.get("updated_at"), place, items)));
    }
}
