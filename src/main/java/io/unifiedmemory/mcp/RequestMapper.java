package io.unifiedmemory.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.unifiedmemory.memory.util.Texts;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Maps JSON for the SDK. The parameters of tool calls are mapped by hand, which is faster and gives errors in the words
 * of the protocol instead of Java's. Thread-safe.
 */
final class RequestMapper extends SdkJson {

    private static final int MOST_OF_NAME = 100;

    private final Set<String> tools;

    /**
     * @param tools the names of the tools that there are
     */
    RequestMapper(Set<String> tools) {
        this.tools = tools;
    }

    @Override
    @SuppressWarnings("unchecked") // The type asked for is the one that is given back.
    public <T> T convertValue(Object from, TypeRef<T> type) {
        return from instanceof Map<?, ?> params && type.getType().equals(CallToolRequest.class)
                ? (T) toolCall(params)
                : super.convertValue(from, type);
    }

    private CallToolRequest toolCall(Map<?, ?> params) {
        if (!(params.get("name") instanceof String name)) {
            throw invalid("params.name must be the name of a tool");
        }
        if (!tools.contains(name)) {
            throw invalid("Unknown tool: " + Texts.shortened(name, MOST_OF_NAME) + "; there are "
                    + String.join(", ", new TreeSet<>(tools)));
        }
        return new CallToolRequest(name, object(params, "arguments"), object(params, "_meta"));
    }

    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    private static Map<String, Object> object(Map<?, ?> params, String field) {
        Object value = params.get(field);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }
        throw invalid("params." + field + " must be an object");
    }

    private static McpError invalid(String message) {
        return McpError.builder(McpSchema.ErrorCodes.INVALID_PARAMS)
                .message(message)
                .build();
    }
}
