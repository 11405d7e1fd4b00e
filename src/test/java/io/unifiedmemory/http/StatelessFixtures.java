package io.unifiedmemory.http;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.stateless.CacheScope;
import io.unifiedmemory.mcp.stateless.Handler;
import io.unifiedmemory.mcp.stateless.Listening;
import io.unifiedmemory.mcp.stateless.Refusal;
import io.unifiedmemory.mcp.stateless.Request;
import io.unifiedmemory.mcp.stateless.RequestState;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tools, resources and prompts of the conformance suite for the revision in which every request stands alone. What
 * does not depend on the revision is in {@code conformance-fixtures.json}.
 */
final class StatelessFixtures {

    private static final Map<String, Object> NO_ARGUMENTS = Map.of("type", "object");
    private static final String QUESTION = "test_input_required_result_";

    private final Map<String, Object> fixtures;
    private final Map<String, Handler> tools = new LinkedHashMap<>();
    private final RequestState state = new RequestState(
            () -> "a secret of this test".getBytes(StandardCharsets.UTF_8), Clock.systemUTC(), Duration.ofMinutes(1));
    private @Nullable StatelessServer server;

    StatelessFixtures(Map<String, Object> fixtures) {
        this.fixtures = fixtures;
        object(fixtures, "tools").forEach((name, result) -> tools.put(name, request -> map(result)));
        tools.put("test_tool_with_progress", StatelessFixtures::progress);
        tools.put("test_logging_tool", request -> text("logged nothing, because nobody asked"));
        tools.put("test_missing_capability", request -> {
            throw Refusal.missingCapability("sampling is needed", Map.of("sampling", Map.of()));
        });
        tools.put("test_trigger_tool_change", request -> changed("toolsListChanged"));
        tools.put("test_trigger_prompt_change", request -> changed("promptsListChanged"));
        tools.put("test_streaming_elicitation", request -> {
            request.progress(1, null, "about to ask");
            return asked(Map.of("user_name", elicitation("Who?", "name")), null);
        });
        questions();
    }

    private void questions() {
        tools.put(QUESTION + "elicitation", request -> {
            String name = answer(request, "user_name", "name");
            return name == null
                    ? asked(Map.of("user_name", elicitation("What is your name?", "name")), null)
                    : text("Hello, " + name + "!");
        });
        tools.put(QUESTION + "sampling", request -> {
            Map<String, Object> said = response(request, "capital_question");
            return said == null
                    ? asked(Map.of("capital_question", sampling()), null)
                    : text("The model said " + Json.write(said));
        });
        tools.put(QUESTION + "list_roots", request -> {
            Map<String, Object> said = response(request, "client_roots");
            return said == null ? asked(Map.of("client_roots", roots()), null) : text("Roots: " + Json.write(said));
        });
        tools.put(QUESTION + "request_state", request -> confirmed(request, "state-ok"));
        tools.put(QUESTION + "tampered_state", request -> confirmed(request, "state-ok"));
        tools.put(QUESTION + "multiple_inputs", request -> {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("user_name", elicitation("What is your name?", "name"));
            all.put("greeting", sampling());
            all.put("client_roots", roots());
            boolean open = state.open(request) == null;
            for (String question : all.keySet()) {
                open |= response(request, question) == null;
            }
            return open ? asked(all, state.seal(request, Map.of())) : text("all answers are here");
        });
        tools.put(QUESTION + "multi_round", request -> {
            Map<String, Object> before = state.open(request);
            if (before == null) {
                return asked(
                        Map.of("step1", elicitation("Step 1: What is your name?", "name")),
                        state.seal(request, Map.of("round", 1)));
            }
            return response(request, "step2") == null
                    ? asked(
                            Map.of("step2", elicitation("Step 2: What is your favorite color?", "color")),
                            state.seal(request, Map.of("round", 2)))
                    : text("both rounds are done");
        });
        tools.put(QUESTION + "capabilities", request -> {
            Map<String, Object> possible = new LinkedHashMap<>();
            if (request.capabilities().containsKey("elicitation")) {
                possible.put("user_name", elicitation("What is your name?", "name"));
            }
            if (request.capabilities().containsKey("sampling")) {
                possible.put("capital_question", sampling());
            }
            return asked(possible, state.seal(request, Map.of()));
        });
    }

    /** A server with all of that. */
    StatelessServer server() {
        StatelessServer built = StatelessServer.named("conformance", "Conformance", "1")
                .method("tools/list", Duration.ZERO, CacheScope.PUBLIC, request -> Map.of("tools", descriptions()))
                .method("tools/call", request -> {
                    String name = request.text("name");
                    Handler tool = tools.get(name);
                    if (tool == null) {
                        throw Refusal.invalid("Unknown tool: " + name);
                    }
                    return tool.answer(request);
                })
                .method(
                        "resources/list",
                        Duration.ZERO,
                        CacheScope.PRIVATE,
                        request -> Map.of("resources", resources()))
                .method(
                        "resources/templates/list",
                        Duration.ZERO,
                        CacheScope.PUBLIC,
                        request -> Map.of(
                                "resourceTemplates",
                                List.of(Map.of("uriTemplate", "test://template/{id}/data", "name", "template"))))
                .method("resources/read", Duration.ZERO, CacheScope.PRIVATE, this::read)
                .method("prompts/list", Duration.ZERO, CacheScope.PUBLIC, request -> Map.of("prompts", prompts()))
                .method("prompts/get", this::prompt)
                .method(
                        "completion/complete",
                        request -> Map.of(
                                "completion", Map.of("values", List.of("paris", "park"), "total", 2, "hasMore", false)))
                .listening(new Listening() {
                    @Override
                    public Set<String> lists() {
                        return Set.of("toolsListChanged", "promptsListChanged");
                    }

                    @Override
                    public Following follow(Principal caller, Collection<String> uris, Consumer<String> onChange) {
                        return new Following(List.copyOf(uris), () -> {});
                    }
                })
                .build(
                        Map.of(
                                "tools", Map.of("listChanged", true),
                                "prompts", Map.of("listChanged", true),
                                "resources", Map.of("subscribe", true),
                                "completions", Map.of()),
                        "A fixture");
        server = built;
        return built;
    }

    private List<Map<String, Object>> descriptions() {
        return tools.keySet().stream()
                .map(name -> Map.of(
                        "name",
                        name,
                        "description",
                        "A fixture of the conformance suite",
                        "inputSchema",
                        name.startsWith("json_schema") ? object(fixtures, "schema") : NO_ARGUMENTS))
                .toList();
    }

    private static Map<String, Object> progress(Request request) {
        for (int done = 0; done <= 100; done += 50) {
            request.progress(done, 100.0, "step");
        }
        return text("done");
    }

    private Map<String, Object> changed(String list) {
        Objects.requireNonNull(server).subscriptions().listChanged(list);
        return text("told");
    }

    private Map<String, Object> confirmed(Request request, String done) throws Refusal {
        return state.open(request) == null || response(request, "confirm") == null
                ? asked(Map.of("confirm", elicitation("Please confirm", "ok")), state.seal(request, Map.of()))
                : text(done);
    }

    private List<Map<String, Object>> resources() {
        return object(fixtures, "resources").entrySet().stream()
                .map(entry -> {
                    Map<String, Object> resource = new LinkedHashMap<>();
                    resource.put("uri", entry.getKey());
                    resource.put("name", entry.getKey());
                    resource.put("mimeType", map(entry.getValue()).get("mimeType"));
                    return resource;
                })
                .toList();
    }

    private Map<String, Object> read(Request request) throws Refusal {
        String uri = request.text("uri");
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("uri", uri);
        if (uri.startsWith("test://template/")) {
            String id = uri.split("/", -1)[3];
            content.put("mimeType", "application/json");
            content.put("text", Json.write(Map.of("id", id, "templateTest", true, "data", "Data for ID: " + id)));
        } else if (object(fixtures, "resources").get(uri) instanceof Map<?, ?> known) {
            known.forEach((name, value) -> content.put(String.valueOf(name), value));
        } else {
            throw Refusal.notFound("Resource not found", uri);
        }
        return Map.of("contents", List.of(content));
    }

    private List<Object> prompts() {
        return ((List<?>) Objects.requireNonNull(fixtures.get("prompts")))
                .stream()
                        .map(prompt -> Objects.requireNonNull(map(prompt).get("prompt")))
                        .toList();
    }

    private Map<String, Object> prompt(Request request) throws Refusal {
        String name = request.text("name");
        if (name.equals(QUESTION + "prompt")) {
            String context = answer(request, "user_context", "context");
            return context == null
                    ? asked(Map.of("user_context", elicitation("What context should the prompt use?", "context")), null)
                    : Map.of(
                            "messages",
                            List.of(Map.of("role", "user", "content", Map.of("type", "text", "text", context))));
        }
        for (Object fixture : (List<?>) Objects.requireNonNull(fixtures.get("prompts"))) {
            Map<String, Object> prompt = map(fixture);
            if (name.equals(object(prompt, "prompt").get("name"))) {
                String messages = Json.write(Map.of("messages", prompt.get("messages")));
                for (Map.Entry<String, Object> argument :
                        request.object("arguments").entrySet()) {
                    messages = messages.replace("${" + argument.getKey() + "}", String.valueOf(argument.getValue()));
                }
                return Json.parseObject(messages);
            }
        }
        throw Refusal.invalid("Unknown prompt: " + name);
    }

    private static Map<String, Object> asked(Map<String, Object> questions, @Nullable String requestState) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("resultType", "input_required");
        result.put("inputRequests", questions);
        if (requestState != null) {
            result.put("requestState", requestState);
        }
        return result;
    }

    /** The answer to a question; null when it was not given, or is none. */
    private static @Nullable Map<String, Object> response(Request request, String question) {
        return request.params().get("inputResponses") instanceof Map<?, ?> responses
                        && responses.get(question) instanceof Map<?, ?> response
                ? map(response)
                : null;
    }

    private static @Nullable String answer(Request request, String question, String field) {
        Map<String, Object> response = response(request, question);
        return response != null
                        && "accept".equals(response.get("action"))
                        && response.get("content") instanceof Map<?, ?> content
                        && content.get(field) instanceof String text
                ? text
                : null;
    }

    private static Map<String, Object> elicitation(String message, String field) {
        return Map.of(
                "method",
                "elicitation/create",
                "params",
                Map.of(
                        "mode",
                        "form",
                        "message",
                        message,
                        "requestedSchema",
                        Map.of(
                                "type",
                                "object",
                                "properties",
                                Map.of(field, Map.of("type", field.equals("ok") ? "boolean" : "string")),
                                "required",
                                List.of(field))));
    }

    private static Map<String, Object> sampling() {
        return Map.of(
                "method",
                "sampling/createMessage",
                "params",
                Map.of(
                        "messages",
                        List.of(Map.of(
                                "role",
                                "user",
                                "content",
                                Map.of("type", "text", "text", "What is the capital of France?"))),
                        "maxTokens",
                        100));
    }

    private static Map<String, Object> roots() {
        return Map.of("method", "roots/list", "params", Map.of());
    }

    private static Map<String, Object> text(String text) {
        return Map.of("content", List.of(Map.of("type", "text", "text", text)));
    }

    private static Map<String, Object> object(Map<String, Object> json, String field) {
        return map(Objects.requireNonNull(json.get(field)));
    }

    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    private static Map<String, Object> map(@Nullable Object json) {
        return (Map<String, Object>) Objects.requireNonNull(json);
    }
}
