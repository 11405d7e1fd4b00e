package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What this server gives to a client to bring back with the answer to a question, because it keeps nothing itself. A
 * client can do with it what it likes, so it is signed (HMAC-SHA-256), and holds only for the same caller, the same
 * method with the same parameters, and a short time. (MCP 2026-07-28, "Multi Round-Trip Requests".) Thread-safe.
 */
public final class RequestState {

    /** The parameter in which a client brings the state back. */
    static final String PARAMETER = "requestState";

    /** The parameter with the client's answers. */
    static final String RESPONSES = "inputResponses";

    private static final String ALGORITHM = "HmacSHA256";

    private final Supplier<byte[]> key;
    private final Clock clock;
    private final Duration lifetime;

    /**
     * @param key the secret of every instance to which the client may come back
     * @param lifetime how long a person may take to answer
     */
    public RequestState(Supplier<byte[]> key, Clock clock, Duration lifetime) {
        this.key = key;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** A state for the client that sent a request; {@code content} is not secret. */
    public String seal(Request request, Map<String, Object> content) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("until", clock.instant().plus(lifetime).toEpochMilli());
        state.put("content", content);
        byte[] payload = Json.writeBytes(state);
        return encoded(payload) + "." + encoded(signature(request, payload));
    }

    /**
     * What was sealed for this request; null when the client brought none.
     *
     * @throws Refusal when it is not what this server gave to this client for such a request, or is too old
     */
    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    public @Nullable Map<String, Object> open(Request request) throws Refusal {
        Object sent = request.params().get(PARAMETER);
        if (sent == null) {
            return null;
        }
        if (sent instanceof String text && text.indexOf('.') > 0) {
            try {
                byte[] payload = decoded(text.substring(0, text.indexOf('.')));
                byte[] signature = decoded(text.substring(text.indexOf('.') + 1));
                if (MessageDigest.isEqual(signature, signature(request, payload))) {
                    Map<String, Object> state = Json.parseObject(new String(payload, StandardCharsets.UTF_8));
                    if (state.get("until") instanceof Number until && until.longValue() < clock.millis()) {
                        throw Refusal.invalid("params." + PARAMETER + " has expired: send the request without it");
                    }
                    return state.get("content") instanceof Map<?, ?> content ? (Map<String, Object>) content : Map.of();
                }
            } catch (IllegalArgumentException | JacksonException e) {
                throw (Refusal) wrong().initCause(e);
            }
        }
        throw wrong();
    }

    private static Refusal wrong() {
        return Refusal.invalid("params." + PARAMETER + " is not what this server gave for this request");
    }

    private byte[] signature(Request request, byte[] payload) {
        Map<String, Object> bound = new LinkedHashMap<>();
        bound.put("caller", request.caller().id());
        bound.put("method", request.method());
        bound.put("params", salient(request.params()));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.get(), ALGORITHM));
            // Encoded, so that it is clear where the one ends and the other begins.
            mac.update((encoded(payload) + ".").getBytes(StandardCharsets.US_ASCII));
            return mac.doFinal(Json.writeBytes(bound));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign with " + ALGORITHM, e);
        }
    }

    /** The parameters that say what is asked for, in an order that does not depend on the client's. */
    private static Object salient(Map<String, Object> params) {
        Map<String, Object> salient = new TreeMap<>(params);
        salient.keySet().removeAll(Set.of("_meta", PARAMETER, RESPONSES));
        return ordered(salient);
    }

    private static Object ordered(Object json) {
        if (!(json instanceof Map<?, ?> map)) {
            return json;
        }
        Map<String, @Nullable Object> ordered = new TreeMap<>();
        map.forEach((name, value) -> ordered.put(String.valueOf(name), value == null ? null : ordered(value)));
        return ordered;
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
