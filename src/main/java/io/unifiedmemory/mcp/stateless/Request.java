package io.unifiedmemory.mcp.stateless;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.Era;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request with all that it says of itself, checked as far as every method has it in common. Thread-safe.
 *
 * @param method what is asked for
 * @param params its parameters
 * @param meta its {@code _meta}
 * @param capabilities what its client can do for the server while it answers this request
 * @param caller who sent it
 * @param notifications takes what the client is told before the answer, on the stream of this request
 */
public record Request(
        String method,
        Map<String, Object> params,
        Map<String, Object> meta,
        Map<String, Object> capabilities,
        Principal caller,
        Consumer<JSONRPCNotification> notifications) {

    private static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    private static final String CLIENT = "io.modelcontextprotocol/clientInfo";
    private static final String LOG_LEVEL = "io.modelcontextprotocol/logLevel";
    private static final Set<String> LOG_LEVELS =
            Set.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    /** Reads a request; throws when it lacks what the revision asks of every request. */
    static Request of(JSONRPCRequest sent, Principal caller, Consumer<JSONRPCNotification> notifications)
            throws Refusal {
        Map<String, Object> params = objectOrEmpty(sent.params());
        if (!(params.get("_meta") instanceof Map<?, ?> meta)) {
            throw Refusal.malformed("params._meta must be an object with " + Era.REVISION + " and " + CAPABILITIES);
        }
        if (!(meta.get(Era.REVISION) instanceof String)) {
            throw Refusal.malformed("params._meta must name the revision as " + Era.REVISION);
        }
        if (!(meta.get(CAPABILITIES) instanceof Map<?, ?> capabilities)) {
            throw Refusal.malformed("params._meta must hold the object " + CAPABILITIES);
        }
        if (meta.get(CLIENT) != null && !(meta.get(CLIENT) instanceof Map)) {
            throw Refusal.malformed("params._meta: " + CLIENT + " must be an object");
        }
        Object level = meta.get(LOG_LEVEL);
        if (level != null && !LOG_LEVELS.contains(level)) {
            throw Refusal.malformed("params._meta: " + LOG_LEVEL + " must be a level of RFC 5424 in small letters");
        }
        return new Request(
                sent.method(), params, objectOrEmpty(meta), objectOrEmpty(capabilities), caller, notifications);
    }

    /** The revision that the request names. */
    String revision() {
        return String.valueOf(meta.get(Era.REVISION));
    }

    /** The name under which the client introduces itself, unverified; null when it does not. */
    public @Nullable String clientName() {
        return meta.get(CLIENT) instanceof Map<?, ?> client && client.get("name") instanceof String name ? name : null;
    }

    /** The same with its version. */
    @Nullable
    String client() {
        String name = clientName();
        Object version = meta.get(CLIENT) instanceof Map<?, ?> client ? client.get("version") : null;
        return name == null || version == null ? name : name + " " + version;
    }

    /** A parameter that must be a text. */
    public String text(String name) throws Refusal {
        if (params.get(name) instanceof String text) {
            return text;
        }
        throw Refusal.invalid("params." + name + " must be a string");
    }

    /** A parameter that is an object; empty when it was not sent. */
    public Map<String, Object> object(String name) throws Refusal {
        Object value = params.get(name);
        if (value == null || value instanceof Map) {
            return objectOrEmpty(value);
        }
        throw Refusal.invalid("params." + name + " must be an object");
    }

    /** Whether the client wants to hear of the progress of this request. */
    public boolean wantsProgress() {
        Object token = meta.get("progressToken");
        return token instanceof String || token instanceof Number;
    }

    /**
     * Tells the client of the progress, if it wants to hear of it. By the protocol, each report must say more than the
     * one before.
     *
     * @param total how much there is to do; null when it is not known
     */
    public void progress(double done, @Nullable Double total, String message) {
        if (wantsProgress()) {
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("progressToken", meta.get("progressToken"));
            said.put("progress", done);
            if (total != null) {
                said.put("total", total);
            }
            said.put("message", message);
            notifications.accept(new JSONRPCNotification("notifications/progress", said));
        }
    }

    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    private static Map<String, Object> objectOrEmpty(@Nullable Object json) {
        return json instanceof Map ? (Map<String, Object>) json : Map.of();
    }
}
