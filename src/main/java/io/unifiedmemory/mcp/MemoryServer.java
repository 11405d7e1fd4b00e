package io.unifiedmemory.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.ToolBox;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Offers the tools of a {@link ToolBox} over a transport of the MCP SDK. */
public final class MemoryServer implements AutoCloseable {

    /** The JSON mapper of the SDK and of our transports. */
    public static final McpJsonMapper JSON = new SdkJson();

    /**
     * The key in a call's transport context under which a transport notes the caller; absent without authentication.
     */
    public static final String CALLER = "io.unifiedmemory.caller";

    /** The name of this server in the protocol. */
    public static final String NAME = "unified-memory";

    /** Its name for people. */
    public static final String TITLE = "Unified Memory";

    /** Tells a model how to use it. */
    public static final String INSTRUCTIONS = """
            Durable memory that outlives this conversation, kept per user.
            - Before answering something that may depend on what the user said, decided or prefers, call search with a \
            few plain words (or the whole question).
            - When the user states a lasting fact, preference or decision, or asks you to remember something, call \
            store: one fact per key, a short descriptive key, a text that makes sense on its own. Storing under the \
            same key replaces the text: use it to correct what has changed.
            - retrieve reads one known key; get_all lists everything, page by page.
            - delete forgets one key; delete everything about a user, or cleanup, only when asked to.
            - user_id says whose memory it is: use one stable id per person. Where it is optional, leave it out.
            - Every reply says which backend answered. complete: false means that a backend could not be heard, so \
            something may be missing for now: say so rather than "I don't know"; health tells why. What was stored is \
            safe even while a backend is down.
            """;

    /** How long a person may take to answer. Clients give up a call of a tool after a minute, if they do at all. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final McpAsyncServer server;

    /** Does ahead what takes the SDK longest at first: Reactor looks into the jar for libraries with which it could work. */
    public static void warmUp() {
        Mono.deferContextual(context -> Mono.empty()).subscribe();
    }

    /** Starts to serve over a transport on which a call that waits holds up no other. */
    public MemoryServer(McpServerTransportProvider transport, ToolBox toolBox, String version) {
        this(transport, toolBox, version, () -> {});
    }

    /**
     * Starts to serve over a transport.
     *
     * @param version the version of this server
     * @param beforeWaiting called on the thread of a call that is about to wait for a person
     */
    public MemoryServer(McpServerTransportProvider transport, ToolBox toolBox, String version, Runnable beforeWaiting) {
        this(McpServer.async(transport), toolBox, version, beforeWaiting);
    }

    /** Starts to serve over Streamable HTTP, where one server has many sessions. */
    public MemoryServer(McpStreamableServerTransportProvider transport, ToolBox toolBox, String version) {
        this(McpServer.async(transport), toolBox, version, () -> {});
    }

    private MemoryServer(
            McpServer.AsyncSpecification<?> specification, ToolBox toolBox, String version, Runnable beforeWaiting) {
        ServedTools tools = new ServedTools(toolBox);
        server = specification
                .serverInfo(McpSchema.Implementation.builder(NAME, version)
                        .title(TITLE)
                        .build())
                .requestTimeout(PATIENCE.plusSeconds(5))
                .instructions(INSTRUCTIONS)
                .capabilities(McpSchema.ServerCapabilities.builder()
                        .extensions(tools.havePages() ? Map.of(Apps.EXTENSION, Map.of()) : null)
                        .tools(false)
                        .resources(true, false)
                        .prompts(false)
                        .completions()
                        .build())
                .addToolFilter((context, tool) -> Mono.just(toolBox.isOffered(tool.name(), caller(context))))
                .jsonMapper(tools.mapper())
                .jsonSchemaValidator(new TrustingValidator())
                .validateToolInputs(false)
                .tools(tools.descriptions().stream()
                        .map(tool -> specification(tool, tools, beforeWaiting))
                        .toList())
                .build();
    }

    private static AsyncToolSpecification specification(
            McpSchema.Tool tool, ServedTools tools, Runnable beforeWaiting) {
        return AsyncToolSpecification.builder()
                .tool(tool)
                .callHandler((exchange, request) -> Mono.fromCallable(() -> tools.call(
                        request,
                        caller(exchange),
                        ClientProgress.of(exchange, request),
                        person(exchange, beforeWaiting),
                        client(exchange))))
                .build();
    }

    /** The sender of a call; over standard input, or without required tokens, the person who runs this server. */
    private static Principal caller(McpAsyncServerExchange exchange) {
        return caller(exchange.transportContext());
    }

    /** The same by what the transport has noted. */
    static Principal caller(McpTransportContext context) {
        return context.get(CALLER) instanceof Principal principal ? principal : Principal.LOCAL;
    }

    private static @Nullable String client(McpAsyncServerExchange exchange) {
        McpSchema.Implementation client = exchange.getClientInfo();
        return client == null ? null : client.name() + " " + client.version();
    }

    private static Person person(McpAsyncServerExchange exchange, Runnable beforeWaiting) {
        McpSchema.ClientCapabilities client = exchange.getClientCapabilities();
        return client == null || client.elicitation() == null
                ? Person.NOBODY
                : new ElicitedPerson(exchange, PATIENCE, beforeWaiting);
    }

    @Override
    public void close() {
        server.close();
    }

    /**
     * A validator that accepts everything: the tools check their arguments themselves, with better messages, and tests
     * check their results against the schemas.
     */
    private static final class TrustingValidator implements JsonSchemaValidator {
        @Override
        public ValidationResponse validate(Map<String, Object> schema, Object content) {
            return ValidationResponse.asValid("");
        }

        @Override
        public ValidationResponse validateSchema(Map<String, Object> schema) {
            return ValidationResponse.asValid("");
        }
    }
}
