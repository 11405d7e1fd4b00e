package io.unifiedmemory.mcp;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests that were received and not yet answered, by id: for cancelling them and for a graceful end. */
public final class CallsInFlight {

    private static final Logger LOG = LoggerFactory.getLogger(CallsInFlight.class);

    private static final class Call {
        private @Nullable Thread thread = Thread.currentThread();
        private boolean cancelled;
        private boolean answered;
    }

    private final Map<Object, Call> calls = new HashMap<>();

    /** Notes a request that the current thread is about to handle; false when its id is in use. */
    public synchronized boolean begin(Object id) {
        return calls.putIfAbsent(id, new Call()) == null;
    }

    /** Cancels the call that a notification names; any other notification is ignored. */
    public void receive(JSONRPCNotification notification) {
        Object id = cancelled(notification);
        if (id != null) {
            cancel(id);
        } else {
            LOG.debug("ignored notification {}", notification.method());
        }
    }

    /** The id of the request that a notification cancels; null when it cancels none. */
    public static @Nullable Object cancelled(JSONRPCNotification notification) {
        return notification.method().equals("notifications/cancelled")
                        && notification.params() instanceof Map<?, ?> params
                ? JsonRpc.id(params.get("requestId"))
                : null;
    }

    /** Interrupts the request's thread and makes sure that it is not answered. An unknown id is ignored. */
    public synchronized void cancel(Object id) {
        Call call = calls.get(id);
        if (call != null && !call.answered) {
            call.cancelled = true;
            if (call.thread != null) {
                call.thread.interrupt();
            }
        }
    }

    /** Sends the answer to a request; false when that was cancelled, and nothing was sent. */
    public boolean answer(Object id, Runnable send) {
        synchronized (this) {
            Call call = calls.get(id);
            if (call != null) {
                if (call.cancelled) {
                    remove(id, call);
                    return false;
                }
                call.answered = true;
            }
        }
        boolean sent = false;
        try {
            send.run();
            sent = true;
        } finally {
            sent(id, sent);
        }
        return true;
    }

    private synchronized void sent(Object id, boolean sent) {
        Call call = calls.get(id);
        if (call != null) {
            call.answered = sent;
            if (sent) {
                remove(id, call);
            }
        }
    }

    /** Says something about a request, unless that was cancelled or answered. */
    public void whileOpen(Object id, Runnable say) {
        synchronized (this) {
            Call call = calls.get(id);
            if (call == null || call.cancelled || call.answered) {
                return;
            }
        }
        say.run();
    }

    /** Whether the request still waits for its answer. */
    public synchronized boolean isOpen(Object id) {
        return calls.containsKey(id);
    }

    /** Called when the current thread is done with the request, which another thread may still answer later. */
    public synchronized void leave(Object id) {
        Call call = calls.get(id);
        if (call != null) {
            call.thread = null;
            if (call.cancelled) {
                remove(id, call);
            }
        }
        // An interrupt that was meant for this request must not hit the next one on this thread.
        Thread.interrupted();
    }

    /** The same for a request that no thread will answer any more if it is not answered yet. */
    public synchronized void end(Object id) {
        Call call = calls.get(id);
        if (call != null) {
            remove(id, call);
        }
        leave(id);
    }

    private void remove(Object id, Call call) {
        calls.remove(id, call);
        if (calls.isEmpty()) {
            notifyAll();
        }
    }

    public synchronized int count() {
        return calls.size();
    }

    /** Waits until every request is answered; false when {@code limit} has passed before that. */
    public synchronized boolean awaitNone(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!calls.isEmpty()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
