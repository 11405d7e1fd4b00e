package io.unifiedmemory.harness;

import io.unifiedmemory.memory.util.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** The messages of an MCP client, each as one line of JSON. */
public final class ClientMessages {

    /** The newest revision of the protocol that the server speaks. */
    public static final String REVISION = "2025-11-25";

    /** The revision in which every request stands alone. */
    public static final String STATELESS = "2026-07-28";

    private ClientMessages() {}

    public static String request(Object id, String method, Map<String, ?> params) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("id", id);
        message.put("method", method);
        message.put("params", params);
        return Json.write(message);
    }

    public static String notification(String method, Map<String, ?> params) {
        return Json.write(Map.of("jsonrpc", "2.0", "method", method, "params", params));
    }

    /** Begins the handshake. */
    public static String initialize(Object id) {
        return request(id, "initialize", initializeParams(REVISION));
    }

    public static Map<String, Object> initializeParams(String revision) {
        return Map.of(
                "protocolVersion",
                revision,
                "capabilities",
                Map.of(),
                "clientInfo",
                Map.of("name", "test", "version", "1"));
    }

    /** Ends the handshake. */
    public static String initialized() {
        return notification("notifications/initialized", Map.of());
    }

    public static String call(Object id, String tool, Map<String, ?> arguments) {
        return request(id, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    /** A request of the revision in which every request stands alone, of a client without capabilities. */
    public static String stateless(Object id, String method, Map<String, ?> params) {
        return stateless(id, method, params, meta(STATELESS, Map.of()));
    }

    /** Likewise, with another {@code _meta}. */
    public static String stateless(Object id, String method, Map<String, ?> params, Map<String, ?> meta) {
        Map<String, Object> all = new LinkedHashMap<>(params);
        all.put("_meta", meta);
        return request(id, method, all);
    }

    /** What such a request says of itself. */
    public static Map<String, Object> meta(String revision, Map<String, ?> capabilities) {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("io.modelcontextprotocol/protocolVersion", revision);
        meta.put("io.modelcontextprotocol/clientCapabilities", capabilities);
        meta.put("io.modelcontextprotocol/clientInfo", Map.of("name", "test", "version", "1"));
        return meta;
    }
}
