package io.unifiedmemory.harness;

import io.unifiedmemory.memory.util.Pause;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does: it can only be asked. */
public final class Eventually {

    /** Longer than anything takes, also on a loaded machine. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration BETWEEN = Duration.ofMillis(10);

    private Eventually() {}

    /**
     * Asks again and again until the answer is true.
     *
     * @param state what the error tells when that takes too long
     */
    public static void await(BooleanSupplier question, Supplier<String> state) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!question.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("still not after " + PATIENCE + ": " + state.get());
            }
            if (!Pause.of(BETWEEN)) {
                throw new IllegalStateException("interrupted while waiting: " + state.get());
            }
        }
    }
}
