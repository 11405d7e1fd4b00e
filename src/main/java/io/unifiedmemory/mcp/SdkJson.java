package io.unifiedmemory.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps JSON for the SDK. The first message of every session is mapped by hand, and the mapper of all other types is
 * created when it is first needed: inspecting classes is the slowest part of a start. Thread-safe.
 */
class SdkJson implements McpJsonMapper {

    private static final class Mapper {
        private static final McpJsonMapper INSTANCE = new JacksonMcpJsonMapper(Json.mapper());
    }

    @Override
    @SuppressWarnings("unchecked") // The type asked for is the one that is given back.
    public <T> T convertValue(Object from, TypeRef<T> type) {
        InitializeRequest request =
                from instanceof Map<?, ?> params && type.getType().equals(InitializeRequest.class)
                        ? initializeRequest(params)
                        : null;
        return request != null ? (T) request : Mapper.INSTANCE.convertValue(from, type);
    }

    /** Reads an initialize request; null when it is none that can be read by hand, which one against the rules is not. */
    private static @Nullable InitializeRequest initializeRequest(Map<?, ?> params) {
        if (params.get("protocolVersion") instanceof String protocol
                && !protocol.isBlank()
                && params.get("capabilities") instanceof Map<?, ?> capabilities
                && areObjects(capabilities)
                && (!(capabilities.get("extensions") instanceof Map<?, ?> extensions) || areObjects(extensions))
                && params.get("clientInfo") instanceof Map<?, ?> client
                && client.get("name") instanceof String name
                && client.get("version") instanceof String version) {
            Implementation info = new Implementation(name, null, version, null, null, null);
            return InitializeRequest.builder(protocol, capabilities(capabilities), info)
                    .build();
        }
        return null;
    }

    private static boolean areObjects(Map<?, ?> fields) {
        for (Object field : fields.values()) {
            if (!(field instanceof Map)) {
                return false;
            }
        }
        return true;
    }

    /** What the SDK wants to know of what a client can do before it asks it something, and the extensions. */
    private static ClientCapabilities capabilities(Map<?, ?> declared) {
        ClientCapabilities.Builder used = ClientCapabilities.builder();
        if (declared.containsKey("elicitation") && ConfirmationForm.canBeShown(declared)) {
            used.elicitation(true, false);
        }
        if (declared.containsKey("sampling")) {
            used.sampling();
        }
        if (declared.get("roots") instanceof Map<?, ?> roots) {
            used.roots(Boolean.TRUE.equals(roots.get("listChanged")));
        }
        if (declared.get("extensions") instanceof Map<?, ?> extensions) {
            used.extensions(extensions(extensions));
        }
        return used.build();
    }

    @SuppressWarnings("unchecked") // A parsed JSON object has text keys, and the values are objects, see above.
    private static Map<String, Map<String, Object>> extensions(Map<?, ?> declared) {
        return (Map<String, Map<String, Object>>) declared;
    }

    @Override
    public <T> T convertValue(Object from, Class<T> type) {
        return Mapper.INSTANCE.convertValue(from, type);
    }

    @Override
    public <T> T readValue(String content, Class<T> type) throws IOException {
        return Mapper.INSTANCE.readValue(content, type);
    }

    @Override
    public <T> T readValue(byte[] content, Class<T> type) throws IOException {
        return Mapper.INSTANCE.readValue(content, type);
    }

    @Override
    public <T> T readValue(String content, TypeRef<T> type) throws IOException {
        return Mapper.INSTANCE.readValue(content, type);
    }

    @Override
    public <T> T readValue(byte[] content, TypeRef<T> type) throws IOException {
        return Mapper.INSTANCE.readValue(content, type);
    }

    @Override
    public String writeValueAsString(Object value) throws IOException {
        return Mapper.INSTANCE.writeValueAsString(value);
    }

    @Override
    public byte[] writeValueAsBytes(Object value) throws IOException {
        return Mapper.INSTANCE.writeValueAsBytes(value);
    }
}
