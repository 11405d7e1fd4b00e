package io.unifiedmemory.mcp.stdio;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.CallsInFlight;
import io.unifiedmemory.mcp.JsonRpc;
import io.unifiedmemory.mcp.stateless.Refusal;
import io.unifiedmemory.mcp.stateless.StatelessServer;
import io.unifiedmemory.mcp.stateless.Subscription;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests on standard input that stand alone. All share one channel, so a request is known by its id while it is
 * not answered. Thread-safe.
 */
final class StatelessRequests {

    /** A client that asks for no more may be about to end the process: it wants to know what this server speaks. */
    private static final String PROBE = "server/discover";

    private static final Logger LOG = LoggerFactory.getLogger(StatelessRequests.class);

    private final StatelessServer server;
    private final CallsInFlight calls;
    private final Consumer<byte[]> client;
    private final Runnable begin;
    private final Map<Object, Subscription> subscriptions = new ConcurrentHashMap<>();

    /**
     * @param calls all requests of this client, those of its sessions too
     * @param client sends a message
     * @param begin is run before each request that needs more than this server's description
     */
    StatelessRequests(StatelessServer server, CallsInFlight calls, Consumer<byte[]> client, Runnable begin) {
        this.server = server;
        this.calls = calls;
        this.client = client;
        this.begin = begin;
    }

    /** Answers a request, or begins to tell its client of changes. */
    void receive(JSONRPCRequest request) {
        if (subscriptions.containsKey(request.id()) || !calls.begin(request.id())) {
            Object error = JsonRpc.error(
                    request.id(), JsonRpc.INVALID_REQUEST, "Invalid request: a call in flight has the same id");
            send(request.id(), error);
            return;
        }
        try {
            if (!request.method().equals(PROBE)) {
                begin.run();
            }
            if (StatelessServer.isListen(request)) {
                listen(request);
            } else {
                StatelessServer.Answer answer =
                        server.answer(request, Principal.LOCAL, notification -> tell(request.id(), notification));
                calls.answer(request.id(), () -> send(request.id(), answer.message()));
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a request of {} could not be handled, please report it", request.method(), e);
            if (calls.isOpen(request.id())) {
                StatelessServer.Answer answer = StatelessServer.failed(request);
                calls.answer(request.id(), () -> send(request.id(), answer.message()));
            }
        } finally {
            calls.end(request.id());
        }
    }

    private void listen(JSONRPCRequest request) {
        try {
            Subscription subscription = server.listen(request, Principal.LOCAL);
            // Before it is answered: a client that cancels later finds it here.
            subscriptions.put(request.id(), subscription);
            boolean started = false;
            try {
                started = calls.answer(request.id(), () -> subscription.start(client));
            } finally {
                if (!started) {
                    subscriptions.remove(request.id(), subscription);
                    subscription.cancel();
                }
            }
        } catch (Refusal e) {
            calls.answer(request.id(), () -> send(request.id(), e.reply(request.id())));
        }
    }

    /** Ends what a notification cancels, if the client listens there; a call that is in flight is cancelled before. */
    void receive(JSONRPCNotification notification) {
        Object id = CallsInFlight.cancelled(notification);
        Subscription subscription = id == null ? null : subscriptions.remove(id);
        if (subscription != null) {
            subscription.cancel();
        }
    }

    /** Tells the client that it will hear of no more changes. */
    void endSubscriptions() {
        server.close();
        subscriptions.clear();
    }

    /** A request that was cancelled or answered is not spoken of any more. */
    private void tell(Object id, JSONRPCNotification notification) {
        calls.whileOpen(id, () -> send(id, notification));
    }

    private void send(Object id, Object message) {
        client.accept(JsonRpc.bytes(id, message));
    }
}
