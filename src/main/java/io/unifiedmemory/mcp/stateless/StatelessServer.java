package io.unifiedmemory.mcp.stateless;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.Era;
import io.unifiedmemory.mcp.JsonRpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests of revision 2026-07-28, on the thread that brings them. Nothing is kept from one request to the
 * next, except for what somebody listens to. Thread-safe.
 */
public final class StatelessServer implements AutoCloseable {

    /** The revision that this server speaks here. */
    public static final String REVISION = "2026-07-28";

    /** Every revision that a client can choose, the newest first. */
    static final List<String> SUPPORTED = supported();

    private static final String LISTEN = "subscriptions/listen";

    private static final Logger LOG = LoggerFactory.getLogger(StatelessServer.class);

    private final Map<String, Object> identity;
    private final Map<String, Method> methods;
    private final Subscriptions subscriptions;

    /** How a method is answered, and how long the answer holds. */
    private record Method(Handler handler, Map<String, Object> cacheHints) {}

    private StatelessServer(Builder parts) {
        identity = parts.identity;
        methods = Map.copyOf(parts.methods);
        subscriptions = new Subscriptions(parts.listening);
    }

    private static List<String> supported() {
        List<String> revisions = new ArrayList<>(List.of(REVISION));
        revisions.addAll(Era.OF_HANDSHAKE);
        return List.copyOf(revisions);
    }

    /**
     * Begins to put a server together.
     *
     * @param name by which the server introduces itself
     */
    public static Builder named(String name, String title, String version) {
        return new Builder(name, title, version);
    }

    /**
     * An answer.
     *
     * @param httpStatus with which HTTP carries it
     * @param message the reply, as JSON values
     */
    public record Answer(int httpStatus, Map<String, Object> message) {}

    /**
     * Answers a request.
     *
     * @param notifications takes what the client is told before the answer
     */
    public Answer answer(JSONRPCRequest sent, Principal caller, Consumer<JSONRPCNotification> notifications) {
        try {
            Request request = checked(sent, caller, notifications);
            Method method = methods.get(request.method());
            if (method == null) {
                throw Refusal.unknownMethod(request.method());
            }
            Map<String, Object> reply = JsonRpc.result(sent.id(), whole(method, method.handler.answer(request)));
            return new Answer(200, reply);
        } catch (Refusal e) {
            return refused(sent, e);
        } catch (CancellationException e) {
            LOG.debug("a request was interrupted", e);
            return failed(sent, "the request was interrupted");
        } catch (RuntimeException | Error e) {
            LOG.error("a request of {} could not be handled, please report it", sent.method(), e);
            return failed(sent);
        }
    }

    /** The answer to a request that is refused. */
    public static Answer refused(JSONRPCRequest sent, Refusal refusal) {
        return new Answer(refusal.httpStatus(), refusal.reply(sent.id()));
    }

    /** The answer to a request that could not be handled, for a reason that was logged. */
    public static Answer failed(JSONRPCRequest sent) {
        return failed(sent, "unexpected failure: see the server's log");
    }

    private static Answer failed(JSONRPCRequest sent, String reason) {
        return new Answer(500, JsonRpc.error(sent.id(), McpSchema.ErrorCodes.INTERNAL_ERROR, reason));
    }

    /** Whether a request is answered with a stream of changes, see {@link #listen}. */
    public static boolean isListen(JSONRPCRequest request) {
        return request.method().equals(LISTEN);
    }

    /**
     * Begins to listen to changes, as a request asks. Nothing is sent before {@link Subscription#start}.
     *
     * @throws Refusal when the request is answered with an error instead
     */
    public Subscription listen(JSONRPCRequest sent, Principal caller) throws Refusal {
        return subscriptions.open(sent.id(), checked(sent, caller, notification -> {}));
    }

    /** What is told to those who listen. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** What every request has to carry, in the order in which a client can make use of an error. */
    private static Request checked(JSONRPCRequest sent, Principal caller, Consumer<JSONRPCNotification> notifications)
            throws Refusal {
        Request request = Request.of(sent, caller, notifications);
        requireRevision(request.revision());
        return request;
    }

    /** Throws unless a request may name this revision. */
    public static void requireRevision(String revision) throws Refusal {
        if (!revision.equals(REVISION)) {
            throw Refusal.unsupportedRevision(revision, SUPPORTED);
        }
    }

    /** The result with what every result has. */
    private Map<String, Object> whole(Method method, Map<String, Object> own) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("resultType", "complete");
        result.putAll(own);
        if (result.get("resultType").equals("complete")) {
            result.putAll(method.cacheHints);
        }
        Map<String, Object> meta = new LinkedHashMap<>(identity);
        if (own.get("_meta") instanceof Map<?, ?> more) {
            more.forEach((key, value) -> meta.put(String.valueOf(key), value));
        }
        result.put("_meta", meta);
        return result;
    }

    /** Tells everybody who listens that it is over. */
    @Override
    public void close() {
        subscriptions.close();
    }

    /** A server that is being put together. */
    public static final class Builder {

        private final Map<String, Object> identity;
        private final Map<String, Method> methods = new LinkedHashMap<>();
        private Listening listening = Listening.NOTHING;

        private Builder(String name, String title, String version) {
            Map<String, Object> info = new LinkedHashMap<>();
            info.put("name", name);
            info.put("title", title);
            info.put("version", version);
            identity = Map.of("io.modelcontextprotocol/serverInfo", info);
        }

        /** Adds a method. */
        public Builder method(String name, Handler handler) {
            methods.put(name, new Method(handler, Map.of()));
            return this;
        }

        /**
         * Adds a method whose results say how long they hold.
         *
         * @param fresh how long a client need not ask again
         * @param scope who may be given a copy
         */
        public Builder method(String name, Duration fresh, CacheScope scope, Handler handler) {
            Map<String, Object> hints = new LinkedHashMap<>();
            hints.put("ttlMs", fresh.toMillis());
            hints.put("cacheScope", scope.text());
            methods.put(name, new Method(handler, hints));
            return this;
        }

        /** Sets what clients can listen to. */
        public Builder listening(Listening what) {
            listening = what;
            return this;
        }

        /**
         * Adds {@code server/discover} and gives the server.
         *
         * @param capabilities what the server offers, in the form of the protocol
         * @param instructions for the model that uses it
         */
        public StatelessServer build(Map<String, Object> capabilities, String instructions) {
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("supportedVersions", SUPPORTED);
            found.put("capabilities", capabilities);
            found.put("instructions", instructions);
            method("server/discover", CacheScope.UNCHANGING, CacheScope.PUBLIC, request -> found);
            return new StatelessServer(this);
        }
    }
}
