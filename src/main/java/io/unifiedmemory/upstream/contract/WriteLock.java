package io.unifiedmemory.upstream.contract;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Admits one writer at a time to a server that loses concurrent writes. A writer that gave up waiting keeps the lock
 * until the server has answered, because the server is still writing; but not for ever. Thread-safe.
 */
public final class WriteLock {

    private final Semaphore free = new Semaphore(1, true);
    private final Duration patience;
    private CompletableFuture<?> lastWrite = CompletableFuture.completedFuture(null);

    /** @param patience how long a writer waits for the lock, and how long an unanswered write may keep it */
    public WriteLock(Duration patience) {
        this.patience = patience;
    }

    /** Runs the work while holding the lock. */
    public <T> T take(Supplier<T> work) {
        try {
            if (!free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new BackendException(
                        Kind.OVERLOADED, "the server is busy with other writes", "it takes one at a time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UpstreamFailures.interrupted("its turn to write");
        }
        lastWrite = CompletableFuture.completedFuture(null);
        try {
            return work.get();
        } finally {
            CompletionStage<?> done = lastWrite.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
            done.whenComplete((answer, failure) -> free.release());
        }
    }

    /** Sends a write and waits for its answer. Call this only within {@link #take}. */
    public ToolReply write(Tools.Call call) {
        lastWrite = call.answered().toCompletableFuture();
        return call.await();
    }
}
