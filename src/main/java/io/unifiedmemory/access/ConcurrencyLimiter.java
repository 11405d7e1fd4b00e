package io.unifiedmemory.access;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Limits the requests in progress of each principal. Thread-safe; remembers only principals with a request in progress.
 */
public final class ConcurrencyLimiter {

    private final int most;
    private final ConcurrentMap<String, Integer> underWay = new ConcurrentHashMap<>();

    /**
     * @param most how much at once, 1 or more
     */
    public ConcurrencyLimiter(int most) {
        this.most = most;
    }

    /** Whether one more request may begin; when it returns true, {@link #leave} must follow, once. */
    public boolean enter(String principalId) {
        boolean[] entered = new boolean[1];
        underWay.compute(principalId, (id, count) -> {
            int now = count == null ? 0 : count;
            entered[0] = now < most;
            return entered[0] ? Integer.valueOf(now + 1) : count;
        });
        return entered[0];
    }

    /** Notes that a request has ended. */
    public void leave(String principalId) {
        underWay.computeIfPresent(principalId, (id, count) -> count == 1 ? null : count - 1);
    }
}
