package io.unifiedmemory.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.wire.ReplicaCodec;
import io.unifiedmemory.tools.Person;
import io.unifiedmemory.tools.Progress;
import io.unifiedmemory.tools.QuestionException;
import io.unifiedmemory.tools.Tool;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolCall;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.util.RawValue;

/** The tools of a {@link ToolBox} in the words of the protocol, which are the same in all its revisions. Thread-safe. */
public final class ServedTools {

    private static final Logger LOG = LoggerFactory.getLogger(ServedTools.class);

    /** What a tool says of its page. It is here so that a start without apps does not load what is theirs. */
    private static final Map<String, Object> PAGE = Map.of("ui", Map.of("resourceUri", Apps.URI));

    private final ToolBox toolBox;

    /** The tools that there are. */
    public ServedTools(ToolBox toolBox) {
        this.toolBox = toolBox;
    }

    /** What a client that shows pages is told of each tool, in the order of the list. */
    public List<McpSchema.Tool> descriptions() {
        return toolBox.tools().stream().map(ServedTools::description).toList();
    }

    /**
     * The same of those that a caller may call.
     *
     * @param showsApps whether the client shows pages
     */
    public List<McpSchema.Tool> descriptions(Principal caller, boolean showsApps) {
        return toolBox.tools().stream()
                .filter(tool -> toolBox.isOffered(tool.name(), caller))
                .map(ServedTools::description)
                .map(tool -> showsApps ? tool : withoutPage(tool))
                .toList();
    }

    /** A reply for a client that shows no pages: it tells of none. */
    public static JSONRPCResponse withoutPages(JSONRPCResponse reply) {
        if (reply.result() instanceof ListToolsResult list) {
            List<McpSchema.Tool> tools =
                    list.tools().stream().map(ServedTools::withoutPage).toList();
            return JSONRPCResponse.result(reply.id(), new ListToolsResult(tools, list.nextCursor(), list.meta()));
        }
        if (reply.result() instanceof InitializeResult hello
                && hello.capabilities().extensions() != null) {
            return JSONRPCResponse.result(
                    reply.id(),
                    new InitializeResult(
                            hello.protocolVersion(),
                            withoutExtensions(hello.capabilities()),
                            hello.serverInfo(),
                            hello.instructions(),
                            hello.meta()));
        }
        return reply;
    }

    private static ServerCapabilities withoutExtensions(ServerCapabilities offered) {
        return new ServerCapabilities(
                offered.completions(),
                offered.experimental(),
                offered.logging(),
                offered.prompts(),
                offered.resources(),
                offered.tools());
    }

    private static McpSchema.Tool withoutPage(McpSchema.Tool tool) {
        return new McpSchema.Tool(
                tool.name(),
                tool.title(),
                tool.description(),
                tool.inputSchema(),
                tool.outputSchema(),
                tool.annotations(),
                null,
                tool.icons());
    }

    /** Whether a tool has a page that shows its result. */
    public boolean havePages() {
        return toolBox.tools().stream().anyMatch(Tool::hasPage);
    }

    private static McpSchema.Tool description(Tool tool) {
        return McpSchema.Tool.builder(tool.name(), tool.inputSchema())
                .title(tool.title())
                .description(tool.description())
                .outputSchema(tool.outputSchema())
                // Their title would be the same once more; clients of before 2025-06-18 show the name instead.
                .annotations(McpSchema.ToolAnnotations.builder()
                        .readOnlyHint(tool.readOnly())
                        .destructiveHint(tool.destructive())
                        .idempotentHint(tool.idempotent())
                        .openWorldHint(false)
                        .build())
                .meta(tool.hasPage() ? PAGE : null)
                .build();
    }

    /** Maps JSON to the SDK's records; throws an {@code McpError} for a call of a tool that there is not. */
    public McpJsonMapper mapper() {
        return new RequestMapper(toolBox.tools().stream().map(Tool::name).collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * Calls a tool. A failure is a result that says so.
     *
     * @param client the name and version of the client as it gave them; null when it did not
     * @throws QuestionException when the answer of a person has to come with another call
     * @throws CancellationException when the thread is interrupted while the call waits
     */
    public CallToolResult call(
            CallToolRequest request, Principal caller, Progress progress, Person person, @Nullable String client) {
        try {
            ToolCall call = new ToolCall(request.arguments(), request.meta(), caller, progress, person, client);
            return success(toolBox.call(request.name(), call));
        } catch (ToolFailure e) {
            return failure(String.valueOf(e.getMessage()), ReplicaCodec.error(e.kind()));
        } catch (CancellationException | QuestionException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("tool {} failed unexpectedly, please report it", request.name(), e);
            return failure(
                    "unexpected failure, please report it" + (caller.isRestricted() ? "" : ": " + e),
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

    /** The result of a call that fails because a backend does. */
    public static CallToolResult failure(BackendException e) {
        return failure(e.describe(), ReplicaCodec.error(e.kind()));
    }

    private static CallToolResult failure(String message, Map<String, Object> meta) {
        return CallToolResult.builder(List.of(TextContent.builder(message).build()))
                .isError(true)
                .meta(meta)
                .build();
    }
}
