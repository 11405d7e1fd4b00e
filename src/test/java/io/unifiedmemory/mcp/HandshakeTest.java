package io.unifiedmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.memory.util.Json;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

    private static @Nullable InitializeRequest parameters(String capabilities) {
        String params = """
                {"protocolVersion": "2025-11-25", "capabilities": %s, "clientInfo": {"name": "c", "version": "1"}}""".formatted(capabilities);
        return Handshake.parameters(new JSONRPCRequest("initialize", 1, Json.parseObject(params)));
    }

    @Test
    void whatTheClientCanIsRead() {
        InitializeRequest request = parameters("""
                {"sampling": {}, "roots": {}, "extensions": {"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html;profile=mcp-app"]}}}""");

        ClientCapabilities known = Objects.requireNonNull(request).capabilities();
        assertThat(known.extensions()).containsOnlyKeys(Apps.EXTENSION);
        assertThat(known.sampling()).isNotNull();
        assertThat(known.roots()).isNotNull();
        assertThat(known.elicitation()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"roots\": 5}", "{\"extensions\": \"x\"}", "{\"extensions\": {\"a\": 1}}", "[]"})
    void capabilitiesThatAreNoObjectsAreRefused(String capabilities) {
        assertThat(parameters(capabilities)).isNull();
    }
}
