package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.upstream.contract.ToolReply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * basic-memory 0.22.1: it strips what is around a text, folds case and underscores in names, answers a note that it does
 * not have with others that are like it, and shows excerpts only in what it finds.
 */
final class FakeBasicMemory extends FakeTools {

    private final Map<String, String> notes = new TreeMap<>();

    FakeBasicMemory() {
        with("write_note", this::write);
        with("read_note", this::read);
        with(
                "delete_note",
                arguments ->
                        result(Map.of("deleted", notes.remove(permalink(string(arguments, "identifier"))) != null)));
        with("list_directory", this::list);
        with("search_notes", this::search);
    }

    private static String permalink(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private ToolReply write(Map<String, Object> arguments) {
        String name = permalink(arguments.get("directory") + "/" + arguments.get("title"));
        boolean there = notes.containsKey(name);
        if (there && !Boolean.TRUE.equals(arguments.get("overwrite"))) {
            return result(Map.of("permalink", name, "action", "conflict", "error", "NOTE_ALREADY_EXISTS"));
        }
        notes.put(name, string(arguments, "content").strip());
        return result(Map.of("permalink", name, "action", there ? "updated" : "created"));
    }

    private ToolReply read(Map<String, Object> arguments) {
        String name = permalink(string(arguments, "identifier"));
        Map<String, Object> note = new LinkedHashMap<>();
        if (notes.containsKey(name)) {
            note.put("permalink", name);
            note.put("content", notes.get(name));
        } else if (notes.size() % 2 == 1) { // as if the title of another note were like it
            String other = notes.keySet().iterator().next();
            note.put("permalink", other);
            note.put("content", notes.get(other));
        } else {
            note.put("permalink", null);
            note.put("content", null);
            note.put(
                    "related_results",
                    notes.keySet().stream()
                            .map(each -> Map.of("permalink", each))
                            .toList());
        }
        return result(note);
    }

    private ToolReply list(Map<String, Object> arguments) {
        List<Map<String, Object>> nodes = notes.keySet().stream()
                .map(name -> Map.<String, Object>of("type", "file", "permalink", name))
                .toList();
        int page = number(arguments, "page", 1);
        int size = number(arguments, "page_size", 10);
        return result(Map.of(
                "total",
                nodes.size(),
                "nodes",
                page(nodes, (page - 1) * size, size),
                "has_more",
                page * size < nodes.size()));
    }

    private ToolReply search(Map<String, Object> arguments) {
        return result(Map.of(
                "results",
                notes.entrySet().stream()
                        .filter(note -> note.getValue().contains(string(arguments, "query")))
                        .limit(number(arguments, "page_size", 10))
                        .map(note -> Map.of(
                                "permalink",
                                note.getKey(),
                                "content",
                                note.getValue()
                                        .substring(
                                                0, Math.min(10, note.getValue().length()))))
                        .toList()));
    }
}
