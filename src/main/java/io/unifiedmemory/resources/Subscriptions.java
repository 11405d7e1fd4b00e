package io.unifiedmemory.resources;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.tools.ToolFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** The resources that one client watches. Thread-safe. */
public final class Subscriptions implements AutoCloseable {

    /** The most resources that one client may watch: each is read again and again. */
    public static final int MOST = 100;

    private final ChangeWatch watch;
    private final Function<String, MemoryUri> visible;
    private final Consumer<String> onUpdated;
    private final Map<String, ChangeWatch.Watched> watched = new HashMap<>();
    private boolean closed;

    /** @param visible the memory at an address; throws unless the client may see it */
    Subscriptions(ChangeWatch watch, Function<String, MemoryUri> visible, Consumer<String> onUpdated) {
        this.watch = watch;
        this.visible = visible;
        this.onUpdated = onUpdated;
    }

    /**
     * Watches a resource, which need not exist yet: every change from now on is reported. A second call for the same
     * resource changes nothing.
     *
     * @throws ResourceNotFoundException when it is not one that this client may see
     * @throws ToolFailure when the client watches too many, or the store of record cannot be read
     */
    public void add(String uri) {
        MemoryUri memory = visible.apply(uri);
        synchronized (this) {
            if (closed || watched.containsKey(uri)) {
                return;
            }
            if (watched.size() >= MOST) {
                throw new ToolFailure(
                        Kind.REJECTED,
                        "a client may watch at most " + MOST + " resources: unsubscribe from others first");
            }
            watched.put(uri, watch.begin(memory, () -> onUpdated.accept(uri)));
        }
    }

    /** Watches a resource no longer; one that is not watched is ignored. */
    public synchronized void remove(String uri) {
        ChangeWatch.Watched one = watched.remove(uri);
        if (one != null) {
            watch.end(one);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        watched.values().forEach(watch::end);
        watched.clear();
    }
}
