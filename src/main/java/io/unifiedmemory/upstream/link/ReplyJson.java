package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps JSON for the SDK's client. The reply to a tool call, as nearly all are, is taken from the JSON that was read as it
 * is: the SDK would write and read all of it again twice, once for the message and once for the result. Everything else
 * is left to another mapper. Thread-safe.
 */
public final class ReplyJson implements McpJsonMapper {

    private static final Set<String> PLAIN_TEXT = Set.of("type", "text");

    private final McpJsonMapper mapper;

    /** @param mapper maps everything else, and reads JSON objects as maps */
    public ReplyJson(McpJsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public <T> T convertValue(Object from, Class<T> type) {
        JSONRPCResponse response =
                type == JSONRPCResponse.class && from instanceof Map<?, ?> message ? response(message) : null;
        return response != null ? type.cast(response) : mapper.convertValue(from, type);
    }

    @Override
    @SuppressWarnings("unchecked") // The type asked for is the one that is given back.
    public <T> T convertValue(Object from, TypeRef<T> type) {
        CallToolResult result =
                from instanceof Map<?, ?> reply && type.getType().equals(CallToolResult.class) ? result(reply) : null;
        return result != null ? (T) result : mapper.convertValue(from, type);
    }

    /** A message that has a result; null for any other. */
    private static @Nullable JSONRPCResponse response(Map<?, ?> message) {
        Object id = message.get("id");
        Object result = message.get("result");
        boolean plain = McpSchema.JSONRPC_VERSION.equals(message.get("jsonrpc"))
                && (id instanceof String || id instanceof Integer)
                && result != null
                && message.get("error") == null;
        return plain ? JSONRPCResponse.result(id, result) : null;
    }

    /** A result whose content is nothing but text; null for any other. */
    private static @Nullable CallToolResult result(Map<?, ?> reply) {
        Object failed = reply.get("isError");
        Object meta = reply.get("_meta");
        if (!(reply.get("content") instanceof List<?> blocks)
                || !(failed == null || failed instanceof Boolean)
                || !(meta == null || meta instanceof Map)) {
            return null;
        }
        List<Content> content = new ArrayList<>();
        for (Object block : blocks) {
            if (!(block instanceof Map<?, ?> fields)
                    || !fields.keySet().equals(PLAIN_TEXT)
                    || !"text".equals(fields.get("type"))
                    || !(fields.get("text") instanceof String text)) {
                return null;
            }
            content.add(TextContent.builder(text).build());
        }
        return new CallToolResult(content, (Boolean) failed, reply.get("structuredContent"), object(meta));
    }

    @SuppressWarnings("unchecked") // The names in a JSON object that was read are texts.
    private static @Nullable Map<String, Object> object(@Nullable Object read) {
        return (Map<String, Object>) read;
    }

    @Override
    public <T> T readValue(String content, Class<T> type) throws IOException {
        return mapper.readValue(content, type);
    }

    @Override
    public <T> T readValue(byte[] content, Class<T> type) throws IOException {
        return mapper.readValue(content, type);
    }

    @Override
    public <T> T readValue(String content, TypeRef<T> type) throws IOException {
        return mapper.readValue(content, type);
    }

    @Override
    public <T> T readValue(byte[] content, TypeRef<T> type) throws IOException {
        return mapper.readValue(content, type);
    }

    @Override
    public String writeValueAsString(Object value) throws IOException {
        return mapper.writeValueAsString(value);
    }

    @Override
    public byte[] writeValueAsBytes(Object value) throws IOException {
        return mapper.writeValueAsBytes(value);
    }
}
