package io.unifiedmemory.harness;

import io.unifiedmemory.memory.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Messages of clients of both eras, most of them wrong somewhere, the same ones for the same seed. Each is one line.
 */
public final class OddMessages {

    private static final List<String> METHODS = List.of(
            "server/discover",
            "tools/list",
            "tools/call",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "prompts/list",
            "prompts/get",
            "completion/complete",
            "subscriptions/listen",
            "ping",
            "initialize",
            "logging/setLevel",
            "resources/subscribe",
            "unknown/method");

    private static final List<String> TOOLS =
            List.of("store", "retrieve", "search", "get_all", "delete", "health", "cleanup", "nothing", "");

    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "anna",
            "memory://anna/tea",
            "2026-07-28",
            "2025-11-25",
            "2999-01-01",
            "\u0000",
            "🍵",
            "a.b",
            "=?base64?");

    private final Random random;

    public OddMessages(long seed) {
        random = new Random(seed);
    }

    /** The next message. Its id, if it has a valid one, is {@code number}. */
    public String next(int number) {
        Map<String, Object> message = random.nextInt(20) == 0 ? notification() : request(number);
        for (int i = random.nextInt(4); i > 0; i--) {
            spoil(message);
        }
        if (message.get("id") instanceof Integer && random.nextInt(50) != 0) {
            message.put("id", number);
        }
        String text = Json.write(message);
        return random.nextInt(40) == 0 ? text.substring(0, random.nextInt(text.length())) : text;
    }

    private Map<String, Object> notification() {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("method", one(List.of("notifications/cancelled", "notifications/initialized", "notifications/x")));
        message.put("params", new LinkedHashMap<>(Map.of("requestId", random.nextInt(20_000))));
        return message;
    }

    private Map<String, Object> request(int number) {
        String method = one(METHODS);
        Map<String, Object> params = params(method);
        if (random.nextInt(4) != 0) {
            params.put(
                    "_meta",
                    ClientMessages.meta(
                            ClientMessages.STATELESS,
                            new LinkedHashMap<>(random.nextBoolean() ? Map.of() : Map.of("elicitation", Map.of()))));
        }
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("id", number);
        message.put("method", method);
        message.put("params", params);
        return message;
    }

    private Map<String, Object> params(String method) {
        Map<String, Object> params = new LinkedHashMap<>();
        switch (method) {
            case "tools/call" -> {
                params.put("name", one(TOOLS));
                Map<String, Object> arguments = new LinkedHashMap<>();
                arguments.put("user_id", "anna");
                arguments.put(random.nextBoolean() ? "key" : "all", random.nextBoolean() ? "tea" : true);
                arguments.put("value", one(TEXTS));
                arguments.put("query", one(TEXTS));
                params.put("arguments", arguments);
                if (random.nextInt(5) == 0) {
                    params.put("requestState", one(TEXTS));
                    params.put("inputResponses", new LinkedHashMap<>(Map.of("confirm", value())));
                }
            }
            case "resources/read", "resources/subscribe" -> params.put("uri", "memory://anna/" + one(TEXTS));
            case "prompts/get" -> {
                params.put("name", one(List.of("recall", "remember", "review", "nothing")));
                params.put("arguments", new LinkedHashMap<>(Map.of("topic", one(TEXTS))));
            }
            case "completion/complete" -> {
                params.put(
                        "ref", new LinkedHashMap<>(Map.of("type", "ref/resource", "uri", "memory://{user_id}/{key}")));
                params.put("argument", new LinkedHashMap<>(Map.of("name", "key", "value", one(TEXTS))));
            }
            case "subscriptions/listen" ->
                params.put(
                        "notifications",
                        new LinkedHashMap<>(Map.of(
                                "toolsListChanged", true, "resourceSubscriptions", List.of("memory://anna/tea"))));
            case "initialize" -> params.putAll(ClientMessages.initializeParams(one(TEXTS)));
            default -> {}
        }
        return params;
    }

    /** One member of the message, however deep, becomes something else, goes, or is added. */
    @SuppressWarnings("unchecked") // Only maps with text keys are made here.
    private void spoil(Map<String, Object> message) {
        Map<String, Object> at = message;
        String key = one(new ArrayList<>(at.keySet()));
        while (at.get(key) instanceof Map<?, ?> deeper && !deeper.isEmpty() && random.nextInt(3) != 0) {
            Map<String, Object> own = new LinkedHashMap<>((Map<String, Object>) deeper);
            at.put(key, own);
            at = own;
            key = one(new ArrayList<>(at.keySet()));
        }
        switch (random.nextInt(4)) {
            case 0 -> at.remove(key);
            case 1 -> at.put(one(TEXTS), value());
            default -> at.put(key, value());
        }
        if (message.isEmpty()) {
            message.put("jsonrpc", "2.0");
        }
    }

    private Object value() {
        return switch (random.nextInt(9)) {
            case 0 -> true;
            case 1 -> random.nextInt();
            case 2 -> random.nextDouble() * 1e300;
            case 3 -> List.of();
            case 4 -> List.of(List.of(1, "x"), Map.of());
            case 5 -> Map.of();
            case 6 -> Map.of("a", Map.of("b", List.of()));
            default -> one(TEXTS);
        };
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
