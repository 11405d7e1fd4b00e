package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Notes under names that a client chooses; a test makes it misbehave in the ways in which real servers do. */
final class FakeNotes extends FakeTools {

    private static final String CONTRACT = """
            {"find": {"tool": "get", "arguments": {"name": "=hash"}, "missing": "reply.text = 'no such note'",
                      "ok": "$exists(reply.json.notes)", "items": "reply.json.notes.{'id': id, 'text': text}"},
             "create": {"tool": "put", "arguments": {"name": "=hash", "text": "=text"}, "ok": "reply.text = 'saved'"},
             "update": {"tool": "put", "arguments": {"name": "=hash", "text": "=text"}, "ok": "reply.text = 'saved'"},
             "delete": {"tool": "drop", "arguments": {"name": "=id"}, "ok": "reply.text = 'dropped'"},
             "list": {"tool": "list", "arguments": {"offset": "=offset", "limit": "=limit"}, "ok": "$exists(reply.json.notes)",
                      "items": "reply.json.notes.{'id': id, 'text': text}", "more": "reply.json.more"},
             "search": {"tool": "search", "arguments": {"query": "=query", "limit": "=limit"},
                        "items": "reply.json.notes.{'id': id, 'text': text}"},
             "limits": {"page": 3},
             "errors": [{"when": "$contains(reply.text, 'busy')", "kind": "OVERLOADED", "hint": "it is busy"},
                        {"when": "$contains(reply.text, 'too long')", "kind": "REJECTED"}]}
            """;

    /** The notes by name. */
    final Map<String, String> notes = new LinkedHashMap<>();

    /** What happens to a text on its way in. */
    UnaryOperator<String> keeps = text -> text;

    /** Answers a write; by default it is made. */
    Function<Runnable, ToolReply> put = write -> {
        write.run();
        return prose("saved");
    };

    /** Answers a delete; by default it is made. */
    Function<Runnable, ToolReply> drop = delete -> {
        delete.run();
        return prose("dropped");
    };

    /** Answers a read by name. */
    Function<String, ToolReply> get =
            name -> notes.containsKey(name) ? found(List.of(name), false) : prose("no such note");

    FakeNotes() {
        with("get", arguments -> get.apply(string(arguments, "name")));
        with(
                "put",
                arguments ->
                        put.apply(() -> notes.put(string(arguments, "name"), keeps.apply(string(arguments, "text")))));
        with(
                "drop",
                arguments -> drop.apply(() -> {
                    if (arguments.get("name") == null) {
                        notes.clear();
                    } else {
                        notes.remove(string(arguments, "name"));
                    }
                }));
        with("list", arguments -> {
            List<String> all = new ArrayList<>(notes.keySet());
            int offset = number(arguments, "offset", 0);
            int limit = number(arguments, "limit", 100);
            return found(page(all, offset, limit), offset + limit < all.size());
        });
        with("search", arguments -> found(new ArrayList<>(notes.keySet()), false));
    }

    ToolReply found(List<String> names, boolean more) {
        return json(Map.of(
                "notes",
                names.stream()
                        .map(name -> Map.of("id", name, "text", Objects.requireNonNull(notes.get(name))))
                        .toList(),
                "more",
                more));
    }

    /** The contract, with fields replaced. */
    static ContractOptions contract(String... fields) {
        Map<String, Object> json = new LinkedHashMap<>(Json.parseObject(CONTRACT));
        for (String field : fields) {
            json.putAll(Json.parseObject("{" + field + "}"));
        }
        return ContractOptions.read("notes", json, "contracts.notes");
    }
}
