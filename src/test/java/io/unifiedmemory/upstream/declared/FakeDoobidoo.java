package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.util.Sha256;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * mcp-memory-service 10.59.0 with the tools {@code memory_*}: it names a memory by the hash of its text without case and
 * blanks, refuses what is there already or is alike, folds tags, says its errors in prose, and gives the newest first.
 */
final class FakeDoobidoo extends FakeTools {

    private record Row(String hash, String content, List<String> tags) {}

    private final Map<String, Row> rows = new LinkedHashMap<>();

    FakeDoobidoo() {
        with("memory_store", this::store);
        with("memory_list", this::list);
        with("memory_search", this::search);
        with("memory_delete", this::delete);
    }

    private ToolReply store(Map<String, Object> arguments) {
        String content = string(arguments, "content");
        String hash = Sha256.hex(content.strip().toLowerCase(Locale.ROOT));
        if (rows.containsKey(hash)) {
            return prose("Error storing memory: Duplicate content detected (exact match)");
        }
        if (!arguments.containsKey("conversation_id")) {
            for (Row row : rows.values()) {
                if (isAlike(row.content, content)) {
                    return prose("Error storing memory: Duplicate content detected (semantically similar to " + row.hash
                            + ")");
                }
            }
        }
        List<?> tags =
                arguments.get("metadata") instanceof Map<?, ?> metadata && metadata.get("tags") instanceof List<?> given
                        ? given
                        : List.of();
        rows.put(hash, new Row(hash, content, folded(tags)));
        return prose("Memory stored successfully (hash: " + hash + ")");
    }

    private static List<String> folded(Collection<?> tags) {
        return tags.stream()
                .map(tag -> tag.toString().strip().toLowerCase(Locale.ROOT).replace(",", ""))
                .toList();
    }

    private static boolean isAlike(String a, String b) {
        Set<String> left = words(a);
        Set<String> right = words(b);
        int most = Math.max(left.size(), right.size());
        left.retainAll(right);
        return left.size() >= 0.85 * most;
    }

    private static Set<String> words(String text) {
        return new HashSet<>(List.of(text.toLowerCase(Locale.ROOT).split("[^a-z]+")));
    }

    private ToolReply list(Map<String, Object> arguments) {
        List<String> wanted = folded(list(arguments, "tags"));
        boolean all = string(arguments, "tag_match").equals("all");
        List<Map<String, Object>> found = new ArrayList<>();
        for (Row row : rows.values()) {
            if (all ? row.tags.containsAll(wanted) : row.tags.stream().anyMatch(wanted::contains)) {
                found.add(0, Map.of("content", row.content, "content_hash", row.hash, "tags", row.tags));
            }
        }
        int page = number(arguments, "page", 1);
        int size = Math.min(number(arguments, "page_size", 20), 100);
        return json(Map.of(
                "memories",
                page(found, (page - 1) * size, size),
                "page",
                page,
                "total",
                found.size(),
                "has_more",
                page * size < found.size()));
    }

    private ToolReply search(Map<String, Object> arguments) {
        String query = string(arguments, "query").toLowerCase(Locale.ROOT);
        List<Row> found = rows.values().stream()
                .filter(row -> row.content.toLowerCase(Locale.ROOT).contains(query))
                .limit(number(arguments, "limit", 10))
                .toList();
        if (found.isEmpty()) {
            return prose("No memories found for query: '" + query + "'");
        }
        StringBuilder text = new StringBuilder("Found " + found.size() + " memories");
        for (int i = 0; i < found.size(); i++) {
            Row row = found.get(i);
            text.append("\n\n")
                    .append(i + 1)
                    .append(". ")
                    .append(row.content)
                    .append("\n   Hash: ")
                    .append(row.hash)
                    .append("\n   Created: 2026-11-26 [")
                    .append(String.join(", ", row.tags))
                    .append("]");
        }
        return prose(text.toString());
    }

    private ToolReply delete(Map<String, Object> arguments) {
        Object hash = arguments.get("content_hash");
        if (hash == null) { // without it, everything that the other filters leave
            int size = rows.size();
            rows.clear();
            return prose("Successfully deleted memories\n\nDeleted " + size + " memories");
        }
        return rows.remove(hash.toString()) == null
                ? prose("Error: Memory with hash " + hash + " not found")
                : prose("Successfully deleted memory\n\nDeleted 1 memories");
    }
}
