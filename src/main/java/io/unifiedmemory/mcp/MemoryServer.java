package io.unifiedmemory.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.tools.Tool;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.util.RawValue;

/** Offers the tools of a {@link ToolBox} over a transport of the MCP SDK. */
public final class MemoryServer implements AutoCloseable {

    /** The JSON mapper of the SDK and of our transports. */
    public static final McpJsonMapper JSON = new SdkJson();

    /**
     * The key in a call's transport context under which a transport notes the caller; absent without authentication.
     */
    public static final String CALLER = "io.unifiedmemory.caller";

    private static final Logger LOG = LoggerFactory.getLogger(MemoryServer.class);

    private static final String INSTRUCTIONS = """
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

    private final McpAsyncServer server;

    /**
     * Starts to serve over a transport.
     *
     * @param version the version of this server
     */
    public MemoryServer(McpServerTransportProvider transport, ToolBox toolBox, String version) {
        this(McpServer.async(transport), toolBox, version);
    }

    /** Starts to serve over Streamable HTTP, where one server has many sessions. */
    public MemoryServer(McpStreamableServerTransportProvider transport, ToolBox toolBox, String version) {
        this(McpServer.async(transport), toolBox, version);
    }

    private MemoryServer(McpServer.AsyncSpecification<?> specification, ToolBox toolBox, String version) {
        server = specification
                .serverInfo(McpSchema.Implementation.builder("unified-memory", version)
                        .title("Unified Memory")
                        .build())
                .instructions(INSTRUCTIONS)
                .capabilities(McpSchema.ServerCapabilities.builder()
                        .tools(false)
                        .resources(true, false)
                        .prompts(false)
                        .completions()
                        .build())
                .addToolFilter((context, tool) -> Mono.just(toolBox.isOffered(tool.name(), caller(context))))
                .jsonMapper(new RequestMapper(
                        toolBox.tools().stream().map(Tool::name).collect(Collectors.toUnmodifiableSet())))
                .jsonSchemaValidator(new TrustingValidator())
                .validateToolInputs(false)
                .tools(toolBox.tools().stream()
                        .map(tool -> specification(tool, toolBox))
                        .toList())
                .build();
    }

    private static AsyncToolSpecification specification(Tool tool, ToolBox toolBox) {
        return AsyncToolSpecification.builder()
                .tool(McpSchema.Tool.builder(tool.name(), tool.inputSchema())
                        .title(tool.title())
                        .description(tool.description())
                        .outputSchema(tool.outputSchema())
                        .annotations(McpSchema.ToolAnnotations.builder()
                                .title(tool.title())
                                .readOnlyHint(tool.readOnly())
                                .destructiveHint(tool.destructive())
                                .idempotentHint(tool.idempotent())
                                .openWorldHint(false)
                                .build())
                        .build())
                .callHandler((exchange, request) -> Mono.fromCallable(() -> call(toolBox, exchange, request)))
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

    private static CallToolResult call(ToolBox toolBox, McpAsyncServerExchange exchange, CallToolRequest request) {
        try {
            ToolCall call = new ToolCall(
                    request.arguments(), request.meta(), caller(exchange), ClientProgress.of(exchange, request));
            return success(toolBox.call(request.name(), call));
        } catch (ToolFailure e) {
            return failure(String.valueOf(e.getMessage()), ReplicaCodec.error(e.kind()));
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("tool {} failed unexpectedly, please report it", request.name(), e);
            return failure(
                    "unexpected failure, please report it" + (caller(exchange).isRestricted() ? "" : ": " + e),
                    ReplicaCodec.error(Kind.BROKEN));
        }
    }

    /** Writes the result as JSON once: that is the text, too, where the tool gives none that is shorter. */
    private static CallToolResult success(ToolResult result) {
        String json = Json.write(result.structured());
        return new CallToolResult(
                List.of(TextContent.builder(result.text() == null ? json : result.text())
                        .build()),
                false,
                new RawValue(json),
                result.meta().isEmpty() ? null : result.meta());
    }

    private static CallToolResult failure(String message, Map<String, Object> meta) {
        return CallToolResult.builder(List.of(TextContent.builder(message).build()))
                .isError(true)
                .meta(meta)
                .build();
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
