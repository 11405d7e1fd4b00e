package io.unifiedmemory.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.resources.ResourceNotFoundException;
import io.unifiedmemory.resources.Subscriptions;
import io.unifiedmemory.tools.ToolFailure;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one session about resources, prompts and completion: the SDK knows only fixed lists of them,
 * the same for every caller. For the revisions with sessions, up to 2025-11-25. Thread-safe.
 */
public final class SessionMethods implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SessionMethods.class);

    private static final String SUBSCRIBE = "resources/subscribe";
    private static final String UNSUBSCRIBE = "resources/unsubscribe";

    private final Supplier<MemoryMethods> methods;
    private final Consumer<JSONRPCNotification> client;
    private @Nullable Subscriptions subscriptions;
    private boolean closed;

    /**
     * @param methods are asked for when the first such request comes
     * @param client receives what the session is told beside answers
     */
    public SessionMethods(Supplier<MemoryMethods> methods, Consumer<JSONRPCNotification> client) {
        this.methods = methods;
        this.client = client;
    }

    /** Whether a request is one of these. */
    public static boolean has(String method) {
        return method.equals(SUBSCRIBE) || method.equals(UNSUBSCRIBE) || MemoryMethods.has(method);
    }

    /** The reply to a request that {@link #has} knows. */
    public JSONRPCResponse answer(JSONRPCRequest request, McpTransportContext context) {
        Principal caller = MemoryServer.caller(context);
        Map<?, ?> params = request.params() instanceof Map<?, ?> map ? map : Map.of();
        try {
            return JSONRPCResponse.result(request.id(), result(request.method(), params, caller));
        } catch (ResourceNotFoundException e) {
            return error(
                    request, ErrorCodes.RESOURCE_NOT_FOUND, String.valueOf(e.getMessage()), Map.of("uri", e.uri()));
        } catch (ToolFailure e) {
            boolean rejected = e.kind() == Kind.REJECTED;
            return error(
                    request,
                    rejected ? ErrorCodes.INVALID_PARAMS : ErrorCodes.INTERNAL_ERROR,
                    String.valueOf(e.getMessage()),
                    null);
        } catch (CancellationException e) {
            return error(request, ErrorCodes.INTERNAL_ERROR, "the request was cancelled", null);
        } catch (RuntimeException e) {
            LOG.error("{} failed unexpectedly, please report it", request.method(), e);
            return error(request, ErrorCodes.INTERNAL_ERROR, "unexpected failure: see the server's log", null);
        }
    }

    private static JSONRPCResponse error(JSONRPCRequest request, int code, String message, @Nullable Object data) {
        return JSONRPCResponse.error(request.id(), new JSONRPCResponse.JSONRPCError(code, message, data));
    }

    private Map<String, Object> result(String method, Map<?, ?> params, Principal caller) {
        switch (method) {
            case SUBSCRIBE -> subscriptions(caller).add(MemoryMethods.text(params, "uri"));
            case UNSUBSCRIBE -> subscriptions(caller).remove(MemoryMethods.text(params, "uri"));
            default -> {
                return methods.get().answer(method, params, caller);
            }
        }
        return Map.of();
    }

    /** A session belongs to the caller that opened it. */
    private synchronized Subscriptions subscriptions(Principal caller) {
        Subscriptions open = subscriptions;
        if (open == null) {
            open = methods.get().subscriptions(caller, this::tell);
            subscriptions = open;
            if (closed) {
                open.close();
            }
        }
        return open;
    }

    private void tell(String uri) {
        client.accept(new JSONRPCNotification("notifications/resources/updated", Map.of("uri", uri)));
    }

    /** Ends what the session watches. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscriptions != null) {
            subscriptions.close();
        }
    }
}
