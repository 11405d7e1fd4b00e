package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.util.Backoff;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Keeps callers away from a backend that keeps failing. The breaker opens after {@value #THRESHOLD} failures in a row.
 * It opens at once when a call ran into its timeout, so that a hung backend costs one timeout and no more, and when the
 * backend cannot work as it is configured. While it is open it admits no caller as a trial: a probe in the background
 * tries the backend, less and less often, and closes the breaker again. Thread-safe.
 */
public final class CircuitBreaker {

    /** Runs a task once, later, on a thread that may block. */
    @FunctionalInterface
    public interface Scheduler {
        void after(Duration delay, Runnable task);
    }

    public enum State {
        /** Calls are admitted. */
        CLOSED,
        /** Calls are refused until the next probe. */
        OPEN,
        /** A probe is under way; calls are refused. */
        HALF_OPEN
    }

    static final int THRESHOLD = 3;
    private static final Backoff BETWEEN_PROBES = Backoff.of(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final Scheduler scheduler;
    private final BooleanSupplier probe;
    private final Runnable onClose;
    private State state = State.CLOSED;
    private int failures;
    private int probes;

    /**
     * A closed breaker.
     *
     * @param probe whether the backend works; may block, is called by one thread at a time
     * @param onClose called when calls are admitted again; must not block
     */
    public CircuitBreaker(Scheduler scheduler, BooleanSupplier probe, Runnable onClose) {
        this.scheduler = scheduler;
        this.probe = probe;
        this.onClose = onClose;
    }

    synchronized State state() {
        return state;
    }

    synchronized boolean permits() {
        return state == State.CLOSED;
    }

    synchronized void success() {
        failures = 0;
        if (state != State.CLOSED) {
            state = State.CLOSED;
            onClose.run();
        }
    }

    /** @param atOnce whether to open after this one failure, because another try would cost too much or cannot help */
    synchronized void failure(boolean atOnce) {
        failures++;
        if (state == State.CLOSED && (atOnce || failures >= THRESHOLD)) {
            probes = 0;
            scheduleProbe();
        }
    }

    private synchronized void scheduleProbe() {
        state = State.OPEN;
        probes++;
        scheduler.after(BETWEEN_PROBES.after(probes), this::runProbe);
    }

    private void runProbe() {
        synchronized (this) {
            if (state != State.OPEN) {
                return;
            }
            state = State.HALF_OPEN;
        }
        boolean well = probe.getAsBoolean();
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            if (well) {
                success();
            } else {
                scheduleProbe();
            }
        }
    }
}
