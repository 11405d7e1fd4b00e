package io.unifiedmemory.mcp;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the replies of every session into maps, which are written without inspecting the SDK's classes: that saves time
 * at the start and in each call. Unknown types are passed on unchanged.
 */
public final class PlainJson {

    private PlainJson() {}

    /** Returns a message in a form that is quick to write and reads the same. */
    static Object of(Object message) {
        if (!(message instanceof JSONRPCResponse response) || response.error() != null) {
            return message;
        }
        return object("jsonrpc", response.jsonrpc(), "id", response.id(), "result", result(response.result()));
    }

    /** Returns the result of a request likewise. */
    public static Object result(Object result) {
        if (result instanceof CallToolResult call && call.content().stream().allMatch(PlainJson::isPlainText)) {
            return object(
                    "content",
                    call.content().stream().map(PlainJson::text).toList(),
                    "isError",
                    call.isError(),
                    "structuredContent",
                    call.structuredContent(),
                    "_meta",
                    call.meta());
        }
        if (result instanceof ListToolsResult list
                && list.tools().stream().allMatch(tool -> tool.icons() == null && tool.annotations() != null)) {
            List<?> tools = list.tools().stream().map(PlainJson::tool).toList();
            return object("tools", tools, "nextCursor", list.nextCursor(), "_meta", list.meta());
        }
        if (result instanceof InitializeResult hello
                && hello.serverInfo().icons() == null
                && isKnown(hello.capabilities())) {
            return object(
                    "protocolVersion",
                    hello.protocolVersion(),
                    "capabilities",
                    capabilities(hello.capabilities()),
                    "serverInfo",
                    server(hello.serverInfo()),
                    "instructions",
                    hello.instructions(),
                    "_meta",
                    hello.meta());
        }
        return result;
    }

    private static boolean isPlainText(Content content) {
        return content instanceof TextContent text && text.annotations() == null && text.meta() == null;
    }

    private static Object text(Content content) {
        return object("type", "text", "text", ((TextContent) content).text());
    }

    /** Returns what a client is told of a tool likewise. */
    public static Object tool(Tool tool) {
        ToolAnnotations hints = tool.annotations();
        return object(
                "name",
                tool.name(),
                "title",
                tool.title(),
                "description",
                tool.description(),
                "inputSchema",
                tool.inputSchema(),
                "outputSchema",
                tool.outputSchema(),
                "annotations",
                object(
                        "title",
                        hints.title(),
                        "readOnlyHint",
                        hints.readOnlyHint(),
                        "destructiveHint",
                        hints.destructiveHint(),
                        "idempotentHint",
                        hints.idempotentHint(),
                        "openWorldHint",
                        hints.openWorldHint(),
                        "returnDirect",
                        hints.returnDirect()),
                "_meta",
                tool.meta());
    }

    private static boolean isKnown(ServerCapabilities offered) {
        return offered.experimental() == null;
    }

    private static Object capabilities(ServerCapabilities offered) {
        return object(
                "completions",
                offered.completions() == null ? null : Map.of(),
                "logging",
                offered.logging() == null ? null : Map.of(),
                "prompts",
                offered.prompts() == null
                        ? null
                        : object("listChanged", offered.prompts().listChanged()),
                "resources",
                offered.resources() == null
                        ? null
                        : object(
                                "subscribe",
                                offered.resources().subscribe(),
                                "listChanged",
                                offered.resources().listChanged()),
                "tools",
                offered.tools() == null
                        ? null
                        : object("listChanged", offered.tools().listChanged()),
                "extensions",
                offered.extensions());
    }

    private static Object server(Implementation server) {
        return object(
                "name",
                server.name(),
                "title",
                server.title(),
                "version",
                server.version(),
                "description",
                server.description(),
                "websiteUrl",
                server.websiteUrl());
    }

    /** An object of alternating names and values; null values are left out. */
    static Map<String, Object> object(@Nullable Object... members) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            Object value = members[i + 1];
            if (value != null) {
                object.put((String) members[i], value);
            }
        }
        return object;
    }
}
