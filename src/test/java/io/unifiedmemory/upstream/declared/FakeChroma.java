package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.upstream.contract.ToolReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * chroma-mcp 0.2.5: parallel arrays, nested once more in what it finds; an add refuses an id that is there, an update and a
 * delete ignore one that is not, an update merges metadata.
 */
final class FakeChroma extends FakeTools {

    private record Document(String text, Map<Object, Object> metadata) {}

    private final Map<String, Map<String, Document>> collections = new LinkedHashMap<>();

    FakeChroma() {
        with("chroma_create_collection", this::create);
        with("chroma_add_documents", this::add);
        with("chroma_update_documents", this::update);
        with("chroma_delete_documents", this::delete);
        with("chroma_get_documents", this::get);
        with("chroma_query_documents", this::query);
    }

    private ToolReply create(Map<String, Object> arguments) {
        String name = string(arguments, "collection_name");
        return collections.putIfAbsent(name, new LinkedHashMap<>()) == null
                ? prose("Successfully created collection " + name)
                : error("Failed to create collection '" + name + "': Collection [" + name + "] already exists");
    }

    private ToolReply add(Map<String, Object> arguments) {
        Map<String, Document> documents = collection(arguments);
        List<String> ids = list(arguments, "ids");
        if (ids.stream().anyMatch(documents::containsKey)) {
            return error("Failed to add documents: The following IDs already exist: " + ids);
        }
        List<String> texts = list(arguments, "documents");
        List<Map<?, ?>> metadata = list(arguments, "metadatas");
        for (int i = 0; i < ids.size(); i++) {
            documents.put(ids.get(i), new Document(texts.get(i), new LinkedHashMap<>(metadata.get(i))));
        }
        return prose("Successfully added " + ids.size() + " documents to collection");
    }

    private ToolReply update(Map<String, Object> arguments) {
        List<String> ids = list(arguments, "ids");
        List<String> texts = list(arguments, "documents");
        List<Map<?, ?>> metadata = list(arguments, "metadatas");
        for (int i = 0; i < ids.size(); i++) {
            Document held = collection(arguments).get(ids.get(i));
            if (held != null) {
                Map<Object, Object> merged = new LinkedHashMap<>(held.metadata);
                merged.putAll(metadata.get(i));
                collection(arguments).put(ids.get(i), new Document(texts.get(i), merged));
            }
        }
        return prose("Successfully processed update request for " + ids.size()
                + " documents. Note: Non-existent IDs are ignored by ChromaDB.");
    }

    private ToolReply delete(Map<String, Object> arguments) {
        List<String> ids = list(arguments, "ids");
        ids.forEach(collection(arguments)::remove);
        return prose(
                "Successfully deleted " + ids.size() + " documents. Note: Non-existent IDs are ignored by ChromaDB.");
    }

    private ToolReply get(Map<String, Object> arguments) {
        List<String> wanted = list(arguments, "ids");
        List<Map.Entry<String, Document>> found = matching(arguments).stream()
                .filter(entry -> !arguments.containsKey("ids") || wanted.contains(entry.getKey()))
                .collect(Collectors.toList());
        return json(
                columns(page(found, number(arguments, "offset", 0), number(arguments, "limit", Integer.MAX_VALUE))));
    }

    private ToolReply query(Map<String, Object> arguments) {
        String query = FakeTools.<String>list(arguments, "query_texts").get(0);
        Map<String, Object> columns = columns(matching(arguments).stream()
                .filter(entry -> entry.getValue().text.contains(query))
                .limit(number(arguments, "n_results", 5))
                .toList());
        columns.replaceAll((name, column) -> List.of(column));
        return json(columns);
    }

    private List<Map.Entry<String, Document>> matching(Map<String, Object> arguments) {
        Map<?, ?> where = arguments.get("where") instanceof Map<?, ?> map ? map : Map.of();
        return new ArrayList<>(collection(arguments).entrySet().stream()
                .filter(entry -> entry.getValue().metadata.entrySet().containsAll(where.entrySet()))
                .toList());
    }

    private static Map<String, Object> columns(List<Map.Entry<String, Document>> found) {
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("ids", found.stream().map(Map.Entry::getKey).toList());
        columns.put(
                "documents", found.stream().map(entry -> entry.getValue().text).toList());
        columns.put(
                "metadatas",
                found.stream().map(entry -> entry.getValue().metadata).toList());
        return columns;
    }

    private Map<String, Document> collection(Map<String, Object> arguments) {
        return collections.computeIfAbsent(string(arguments, "collection_name"), name -> new LinkedHashMap<>());
    }
}
