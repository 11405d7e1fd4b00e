package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import io.unifiedmemory.upstream.contract.WriteLock;
import io.unifiedmemory.upstream.declared.Operation.Name;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Makes the calls that a contract declares, and judges their replies. Thread-safe. */
final class ServerCalls {

    /** The longest reply that is read: more than any page of memories that a server is asked for. */
    static final int MOST_CHARS = 16 << 20;

    private final ContractOptions contract;
    private final Tools tools;

    ServerCalls(ContractOptions contract, Tools tools) {
        this.contract = contract;
        this.tools = tools;
    }

    /**
     * What a call brought.
     *
     * @param items none where the reply says that there is nothing
     * @param more whether a list goes on
     * @param cursor where it goes on, for servers that say it by a text
     */
    record Answer(List<Item> items, boolean more, @Nullable String cursor) {

        private static final Answer NOTHING = new Answer(List.of(), false, null);
    }

    boolean can(Name name) {
        return contract.operation(name) != null;
    }

    /**
     * Makes a call that changes nothing.
     *
     * @throws BackendException when it fails, or the contract does not declare it ({@code UNSUPPORTED})
     */
    Answer read(Name name, Map<String, Object> variables) {
        return call(name, variables, Tools.Call::await);
    }

    /** Makes a call that changes something, in the turn of a writer. A reply that is judged a success confirms nothing. */
    void write(Name name, Map<String, Object> variables, WriteLock turn) {
        call(name, variables, turn::write);
    }

    private Answer call(Name name, Map<String, Object> variables, Function<Tools.Call, ToolReply> await) {
        Operation operation = contract.operation(name);
        if (operation == null) {
            throw unsupported(name.text());
        }
        Map<String, Object> arguments = operation.deletes()
                ? operation.arguments().filledWhole(variables)
                : operation.arguments().filled(variables);
        ToolReply reply = await.apply(tools.send(operation.tool(), arguments, Map.of()));
        if (reply.text().length() > MOST_CHARS) {
            throw UpstreamFailures.broken(
                    operation.tool() + " answered " + reply.text().length() + " characters",
                    "ask for less at once: limits.page of the contract " + contract.name());
        }
        Map<String, Object> seen = new HashMap<>(variables);
        seen.put("reply", view(reply));
        Expression missing = operation.missing();
        if (missing != null && missing.holds(seen)) {
            return Answer.NOTHING;
        }
        Expression ok = operation.ok();
        if (ok == null ? reply.error() : reply.error() || !ok.holds(seen)) {
            throw failure(operation, reply, seen);
        }
        Expression items = operation.items();
        Object more = operation.more() == null ? null : operation.more().valueOf(seen);
        String cursor = more instanceof String text && !text.isEmpty() ? text : null;
        return new Answer(
                items == null ? List.of() : Item.of(items.valueOf(seen), items.place()),
                cursor != null || Boolean.TRUE.equals(more),
                cursor);
    }

    static BackendException unsupported(String what) {
        return new BackendException(
                Kind.UNSUPPORTED, "it cannot " + what, "its contract does not declare how; docs/UPSTREAMS.md has more");
    }

    private BackendException failure(Operation operation, ToolReply reply, Map<String, Object> seen) {
        String said = operation.tool() + " failed: " + UpstreamFailures.shortened(reply.text());
        for (ContractOptions.ErrorRule rule : contract.errors()) {
            if (rule.when().holds(seen)) {
                return new BackendException(rule.kind(), said, rule.hint());
            }
        }
        return new BackendException(
                Kind.BROKEN,
                said,
                reply.error() ? "" : "the contract " + contract.name() + " does not take this answer for a success");
    }

    /** A reply as expressions see it. */
    private static Map<String, Object> view(ToolReply reply) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("error", reply.error());
        view.put("text", reply.text());
        view.put("texts", reply.texts());
        Object json = json(reply);
        if (json != null) {
            view.put("json", json);
        }
        return view;
    }

    /** Servers differ, from release to release, in whether they wrap a result and in whether it is JSON or a text of it. */
    private static @Nullable Object json(ToolReply reply) {
        Object json =
                !reply.json().isEmpty() ? reply.json() : reply.array() != null ? reply.array() : parsed(reply.text());
        if (json instanceof Map<?, ?> object && object.size() == 1 && object.containsKey("result")) {
            json = object.get("result");
        }
        return json instanceof String text ? parsed(text) : json;
    }

    private static @Nullable Object parsed(String text) {
        try {
            String stripped = text.strip();
            return stripped.startsWith("{") || stripped.startsWith("[") ? Json.parse(stripped) : null;
        } catch (JacksonException e) {
            return null; // prose, in spite of its first character
        }
    }
}
