package io.unifiedmemory.http;

import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncCompletionSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.harness.AcceptEverything;
import io.unifiedmemory.http.guard.McpPaths;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The production transport with the tools, resources and prompts that the conformance suite asks for. What is said by
 * each is in {@code conformance-fixtures.json}.
 */
public final class ConformanceServer implements AutoCloseable {

    private static final Duration STEP = Duration.ofMillis(50);
    private static final Map<String, Object> NO_ARGUMENTS = Map.of("type", "object");

    private final Map<String, Object> fixtures = read();
    private final HttpServer http = HttpServer.builder(
                    HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")), Duration.ofSeconds(5))
            .access(new Everybody())
            .build();

    public static void main(String[] arguments) throws IOException {
        System.out.println(new ConformanceServer().start());
    }

    /** Starts to listen; gives the address of Streamable HTTP. */
    public String start() throws IOException {
        http.serveStateless(new StatelessFixtures(fixtures).server());
        McpServer.async(http.streamable())
                .serverInfo("conformance", "1")
                .capabilities(McpSchema.ServerCapabilities.builder()
                        .tools(true)
                        .resources(true, true)
                        .prompts(true)
                        .logging()
                        .completions()
                        .build())
                .jsonMapper(MemoryServer.JSON)
                .jsonSchemaValidator(new AcceptEverything())
                .validateToolInputs(false)
                .tools(tools())
                .resources(resources())
                .resourceTemplates(template())
                .prompts(prompts())
                .completions(completion())
                .build();
        return "http://127.0.0.1:" + http.start() + McpPaths.STREAMABLE;
    }

    private List<AsyncToolSpecification> tools() {
        List<AsyncToolSpecification> tools = new ArrayList<>();
        object(fixtures, "tools")
                .forEach((name, result) -> tools.add(tool(
                        name,
                        name.startsWith("json_schema") ? object(fixtures, "schema") : NO_ARGUMENTS,
                        (exchange, request) -> Mono.just(as(result, CallToolResult.class)))));
        object(fixtures, "elicitations")
                .forEach((name, form) -> tools.add(tool(name, NO_ARGUMENTS, (exchange, request) -> {
                    Map<String, Object> filled = new LinkedHashMap<>(map(form));
                    filled.computeIfPresent(
                            "message", (field, text) -> request.arguments().getOrDefault("message", text));
                    return exchange.createElicitation(as(filled, ElicitFormRequest.class))
                            .map(answer -> text("Elicitation completed: action="
                                    + answer.action().name().toLowerCase(java.util.Locale.ROOT) + ", content="
                                    + Json.write(answer.content() == null ? Map.of() : answer.content())));
                })));
        tools.add(tool("test_sampling", NO_ARGUMENTS, ConformanceServer::sample));
        tools.add(tool(
                "test_tool_with_logging",
                NO_ARGUMENTS,
                (exchange, request) -> Flux.just(
                                "Tool execution started", "Tool processing data", "Tool execution completed")
                        .delayElements(STEP)
                        .concatMap(line -> exchange.loggingNotification(
                                LoggingMessageNotification.builder(McpSchema.LoggingLevel.INFO, line)
                                        .build()))
                        .then(Mono.just(text("logged")))));
        tools.add(tool(
                "test_tool_with_progress",
                NO_ARGUMENTS,
                (exchange, request) -> Flux.just(0.0, 50.0, 100.0)
                        .delayElements(STEP)
                        .concatMap(done -> exchange.progressNotification(
                                new ProgressNotification(request.progressToken(), done, 100.0, "step", null)))
                        .then(Mono.just(text("done")))));
        return tools;
    }

    private static Mono<CallToolResult> sample(McpAsyncServerExchange exchange, CallToolRequest request) {
        Map<String, Object> prompt = Map.of(
                "messages",
                List.of(Map.of(
                        "role",
                        "user",
                        "content",
                        Map.of("type", "text", "text", request.arguments().getOrDefault("prompt", "")))),
                "maxTokens",
                100);
        return exchange.createMessage(as(prompt, McpSchema.CreateMessageRequest.class))
                .map(answer -> text("LLM response: " + ((TextContent) answer.content()).text()));
    }

    private static AsyncToolSpecification tool(
            String name,
            Map<String, Object> schema,
            BiFunction<McpAsyncServerExchange, CallToolRequest, Mono<CallToolResult>> handler) {
        return AsyncToolSpecification.builder()
                .tool(McpSchema.Tool.builder(name, schema)
                        .description("A fixture of the conformance suite")
                        .build())
                .callHandler(handler)
                .build();
    }

    private List<AsyncResourceSpecification> resources() {
        List<AsyncResourceSpecification> resources = new ArrayList<>();
        object(fixtures, "resources").forEach((uri, content) -> {
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("uri", uri);
            described.put("name", uri);
            described.put("description", "A fixture");
            described.put("mimeType", map(content).get("mimeType"));
            resources.add(new AsyncResourceSpecification(
                    as(described, McpSchema.Resource.class),
                    (exchange, request) -> Mono.just(contents(uri, map(content)))));
        });
        return resources;
    }

    private static AsyncResourceTemplateSpecification template() {
        Map<String, Object> template = Map.of(
                "uriTemplate",
                "test://template/{id}/data",
                "name",
                "template",
                "description",
                "A fixture",
                "mimeType",
                "application/json");
        return new AsyncResourceTemplateSpecification(
                as(template, McpSchema.ResourceTemplate.class), (exchange, request) -> {
                    String id = request.uri().split("/", -1)[3];
                    Map<String, Object> data = new LinkedHashMap<>();
                    data.put("id", id);
                    data.put("templateTest", true);
                    data.put("data", "Data for ID: " + id);
                    return Mono.just(
                            contents(request.uri(), Map.of("mimeType", "application/json", "text", Json.write(data))));
                });
    }

    private static ReadResourceResult contents(String uri, Map<String, Object> content) {
        Map<String, Object> located = new LinkedHashMap<>(content);
        located.put("uri", uri);
        return as(Map.of("contents", List.of(located)), ReadResourceResult.class);
    }

    private List<AsyncPromptSpecification> prompts() {
        List<AsyncPromptSpecification> prompts = new ArrayList<>();
        for (Object fixture : (List<?>) Objects.requireNonNull(fixtures.get("prompts"))) {
            Map<String, Object> prompt = map(fixture);
            prompts.add(new AsyncPromptSpecification(
                    as(prompt.get("prompt"), McpSchema.Prompt.class), (exchange, request) -> {
                        String messages = Json.write(Map.of("messages", prompt.get("messages")));
                        for (Map.Entry<String, Object> argument : request.arguments() == null
                                ? Map.<String, Object>of().entrySet()
                                : request.arguments().entrySet()) {
                            messages = messages.replace(
                                    "${" + argument.getKey() + "}", String.valueOf(argument.getValue()));
                        }
                        return Mono.just(as(Json.parseObject(messages), McpSchema.GetPromptResult.class));
                    }));
        }
        return prompts;
    }

    private static AsyncCompletionSpecification completion() {
        return new AsyncCompletionSpecification(
                new McpSchema.PromptReference("test_prompt_with_arguments"),
                (exchange, request) -> Mono.just(as(
                        Map.of("completion", Map.of("values", List.of("paris", "park"), "total", 2, "hasMore", false)),
                        McpSchema.CompleteResult.class)));
    }

    private static CallToolResult text(String text) {
        return CallToolResult.builder(List.of(TextContent.builder(text).build()))
                .build();
    }

    private static <T> T as(@Nullable Object json, Class<T> type) {
        return MemoryServer.JSON.convertValue(Objects.requireNonNull(json), type);
    }

    private static Map<String, Object> object(Map<String, Object> json, String field) {
        return map(Objects.requireNonNull(json.get(field)));
    }

    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    private static Map<String, Object> map(Object json) {
        return (Map<String, Object>) json;
    }

    private static Map<String, Object> read() {
        try (InputStream in = ConformanceServer.class.getResourceAsStream("/conformance-fixtures.json")) {
            return Json.parseObject(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
