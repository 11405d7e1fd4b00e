package io.unifiedmemory.harness;

import io.unifiedmemory.memory.util.Daemon;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Work beside a test, each on a thread of its own. The common pool has one thread on a machine with two processors, so
 * two pieces of work there that wait for each other would wait for ever.
 */
public final class Async {

    private static final Executor OWN_THREAD = work -> Daemon.start("beside", work);

    private Async() {}

    /** Runs steps. */
    public static CompletableFuture<Void> run(Runnable steps) {
        return CompletableFuture.runAsync(steps, OWN_THREAD);
    }

    /** Computes a result. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, OWN_THREAD);
    }
}
