package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.spi.WaitListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which calls of a client must wait for which. The calls begin one after the other on the thread that reads
 * them. A call that is about to wait lets another thread read on, and then only a call about the same memory waits for
 * it: calls take effect as if they had run one by one, and nothing else is delayed. Thread-safe.
 *
 * <p>A call keeps its place until it ends or begins to wait for an upstream: by then it has taken effect in the store
 * of record.
 */
public final class CallOrder implements WaitListener {

    private final Runnable giveUpTurn;
    private final boolean ordered;
    /** The places in the order of arrival. */
    private final List<Place> places = new ArrayList<>();

    private CallOrder(Runnable giveUpTurn, boolean ordered) {
        this.giveUpTurn = giveUpTurn;
        this.ordered = ordered;
    }

    /** No order: each of many threads brings calls and waits for them itself. */
    public static CallOrder none() {
        return new CallOrder(() -> {}, false);
    }

    /**
     * The order of the calls that one thread after the other brings.
     *
     * @param giveUpTurn lets another thread bring the next call; must not block
     */
    public static CallOrder ofOneClient(Runnable giveUpTurn) {
        return new CallOrder(giveUpTurn, true);
    }

    /** The place of a call among the others of its client, from when the call was made, on the thread that made it. */
    public static final class Place {

        private final Thread thread = Thread.currentThread();
        private final long since = System.nanoTime();
        private final String userId;
        private final @Nullable String key;
        private final boolean writes;

        private Place(String userId, @Nullable String key, boolean writes) {
            this.userId = userId;
            this.key = key;
            this.writes = writes;
        }

        /**
         * The place of a read, which follows the writes that came before it.
         *
         * @param key null when it is about all memories of the user
         */
        public static Place reading(String userId, @Nullable String key) {
            return new Place(userId, key, false);
        }

        /** The place of a write, which follows the reads and writes that came before it; {@code key} likewise. */
        public static Place writing(String userId, @Nullable String key) {
            return new Place(userId, key, true);
        }

        private boolean mustFollow(Place earlier) {
            return (writes || earlier.writes)
                    && userId.equals(earlier.userId)
                    && (key == null || earlier.key == null || key.equals(earlier.key));
        }
    }

    /** Runs a call after the earlier calls that it must follow. */
    public <T> T run(Place place, Supplier<T> call) {
        if (!ordered) {
            return call.get();
        }
        boolean first;
        synchronized (this) {
            places.add(place);
            first = isFirst(place);
        }
        try {
            if (!first) {
                // Only now that the place is taken may another thread bring the next call.
                giveUpTurn.run();
                awaitFirst(place);
            }
            return call.get();
        } finally {
            leave(place);
        }
    }

    private synchronized void awaitFirst(Place place) {
        try {
            while (!isFirst(place)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for an earlier call");
        }
    }

    private boolean isFirst(Place place) {
        for (Place earlier : places) {
            if (earlier == place) {
                return true;
            }
            if (place.mustFollow(earlier)) {
                return false;
            }
        }
        return true;
    }

    private synchronized void leave(Place place) {
        if (places.remove(place) && !places.isEmpty()) {
            notifyAll();
        }
    }

    @Override
    public long beforeWaiting() {
        giveUpTurn.run();
        Place place = current();
        return place == null ? System.nanoTime() : place.since;
    }

    /**
     * The current thread's call is about to wait for a backend across a network. While that is the store of record the
     * call keeps its place: those behind it must find there what it does.
     */
    public void beforeWaitingFor(BackendHandle backend) {
        if (backend.isPrimary()) {
            beforeWaiting();
        } else {
            beforeUpstream();
        }
    }

    /** The current thread's call is about to wait for an upstream: it leaves the order. */
    public void beforeUpstream() {
        Place place = current();
        if (place != null) {
            leave(place);
        }
        giveUpTurn.run();
    }

    private synchronized @Nullable Place current() {
        for (Place place : places) {
            if (place.thread == Thread.currentThread()) {
                return place;
            }
        }
        return null;
    }
}
