package io.unifiedmemory.mcp.stateless;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.JsonRpc;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one client listens to, until it or the server ends that. Thread-safe. */
public final class Subscription {

    private static final String ID = "io.modelcontextprotocol/subscriptionId";

    private final Object id;
    private final Set<String> lists;
    private final Listening.Following resources;
    private final Consumer<Subscription> onEnd;
    private @Nullable Consumer<byte[]> client;
    private boolean ended;

    /**
     * @param id of the request that asked for it
     * @param lists the lists whose changes the client is told
     * @param uris the resources whose changes it asks for
     */
    Subscription(
            Object id,
            Set<String> lists,
            Listening offered,
            Principal caller,
            Collection<String> uris,
            Consumer<Subscription> onEnd)
            throws Refusal {
        this.id = id;
        this.lists = lists;
        this.onEnd = onEnd;
        resources = offered.follow(caller, uris, uri -> tell("notifications/resources/updated", Map.of("uri", uri)));
    }

    /** Confirms to the client what it will be told, and tells it from now on. */
    public synchronized void start(Consumer<byte[]> messages) {
        if (ended) {
            return;
        }
        client = messages;
        Map<String, Object> granted = new LinkedHashMap<>();
        lists.forEach(list -> granted.put(list, true));
        if (!resources.uris().isEmpty()) {
            granted.put("resourceSubscriptions", resources.uris());
        }
        tell("notifications/subscriptions/acknowledged", Map.of("notifications", granted));
    }

    boolean hears(String list) {
        return lists.contains(list);
    }

    /** Tells the client of a change; before it has been told what it will hear, it hears nothing. */
    synchronized void tell(String method, Map<String, Object> about) {
        Consumer<byte[]> listener = client;
        if (!ended && listener != null) {
            Map<String, Object> params = new LinkedHashMap<>(about);
            params.put("_meta", Map.of(ID, id));
            listener.accept(JsonRpc.bytes(null, new JSONRPCNotification(method, params)));
        }
    }

    /** The client has gone, or does not want to be told any more. A second call does nothing. */
    public void cancel() {
        end(false);
    }

    /** Answers the request that began it, by which the client knows that the server has ended it. */
    void complete() {
        end(true);
    }

    private void end(boolean answer) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            Consumer<byte[]> listener = client;
            if (answer && listener != null) {
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("resultType", "complete");
                result.put("_meta", Map.of(ID, id));
                listener.accept(JsonRpc.bytes(id, JsonRpc.result(id, result)));
            }
        }
        resources.end().run();
        onEnd.accept(this);
    }
}
