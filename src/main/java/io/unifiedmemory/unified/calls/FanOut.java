package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.spi.MemoryBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks several backends the same question at once, each within its own timeout. A backend that answers in this process
 * is asked on the caller's thread, the others meanwhile on threads of their own. Thread-safe.
 *
 * <p>A caller that is interrupted while it waits gets a {@link CancellationException}, and the calls that it made are
 * interrupted.
 */
public final class FanOut {

    private final ExecutorService executor;
    private final Map<BackendHandle, Future<?>> late = new ConcurrentHashMap<>();
    private final Consumer<BackendHandle> beforeWaiting;

    /**
     * Runs calls on threads of the executor.
     *
     * @param beforeWaiting called on the caller's thread when it is about to wait for a backend that is not in this
     *     process
     */
    public FanOut(ExecutorService executor, Consumer<BackendHandle> beforeWaiting) {
        this.executor = executor;
        this.beforeWaiting = beforeWaiting;
    }

    /** Asks one backend, within its timeout. */
    <T> T ask(BackendHandle handle, Function<MemoryBackend, T> operation) {
        handle.requireAdmission();
        long deadline = deadline(handle, System.nanoTime());
        return handle.isInProcess()
                ? handle.call(operation, deadline)
                : await(handle, executor.submit(() -> handle.call(operation, deadline)), deadline);
    }

    /**
     * Begins what can be done without, on a thread of its own. No policy applies, and no backend is taken for broken by
     * what becomes of it.
     */
    public <T> Future<T> begin(Callable<T> work) {
        return executor.submit(work);
    }

    /** Likewise, after a pause, which is that long or a little longer. */
    public void beginAfter(Duration pause, Runnable work) {
        CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, executor)
                .execute(work);
    }

    /** Asks all of the backends; never throws a {@link BackendException}. */
    public <T> Answers<T> askAll(Collection<BackendHandle> handles, Function<MemoryBackend, T> operation) {
        return askAll(handles, operation, null);
    }

    /**
     * Asks all of the backends. Once the store of record has answered, the others get no longer than the patience. A
     * late call is left to its own timeout, and its backend is not asked in this way again before the call has ended.
     *
     * @param patience null to wait as long as their timeouts allow
     */
    public <T> Answers<T> askAll(
            Collection<BackendHandle> handles, Function<MemoryBackend, T> operation, @Nullable Duration patience) {
        Map<BackendHandle, BackendException> refused = new LinkedHashMap<>();
        List<BackendHandle> admitted = new ArrayList<>();
        for (BackendHandle handle : handles) {
            try {
                handle.requireAdmission();
                if (patience != null) {
                    requirePunctual(handle);
                }
                admitted.add(handle);
            } catch (BackendException e) {
                refused.put(handle, e);
            }
        }
        Answers<T> answers = runAll(admitted, (handle, deadline) -> handle.call(operation, deadline), patience);
        if (refused.isEmpty()) {
            return answers;
        }
        refused.putAll(answers.failures());
        return new Answers<>(answers.values(), inOrder(handles, refused));
    }

    private void requirePunctual(BackendHandle handle) {
        Future<?> earlier = late.get(handle);
        if (earlier != null && !earlier.isDone()) {
            throw new BackendException(
                    Kind.TIMED_OUT,
                    handle.name() + " has not answered an earlier call yet",
                    "it is asked again after that");
        }
    }

    /** Work with one backend that ends, if it can, by a deadline as of {@link System#nanoTime}. */
    @FunctionalInterface
    public interface BoundedWork<T> {
        T apply(BackendHandle handle, long deadline);
    }

    /** Does the same work with each backend at once, whatever their breakers say. */
    public <T> Answers<T> runAll(Collection<BackendHandle> handles, BoundedWork<T> work) {
        return runAll(handles, work, null);
    }

    private <T> Answers<T> runAll(Collection<BackendHandle> handles, BoundedWork<T> work, @Nullable Duration patience) {
        long start = System.nanoTime();
        // Those across a network begin before this thread is busy with the one in this process.
        Map<BackendHandle, Future<T>> remote = new LinkedHashMap<>();
        for (BackendHandle handle : handles) {
            if (!handle.isInProcess()) {
                remote.put(handle, executor.submit(() -> work.apply(handle, deadline(handle, start))));
            }
        }
        Map<BackendHandle, T> values = new LinkedHashMap<>();
        Map<BackendHandle, BackendException> failures = new LinkedHashMap<>();
        Long answered = null; // when the store of record answered, as of System.nanoTime
        // The patience counts from the answer of the store of record, so its answer is awaited first.
        for (BackendHandle handle : primaryFirst(handles)) {
            try {
                Future<T> future = remote.get(handle);
                long deadline = deadline(handle, start);
                if (future == null) {
                    values.put(handle, work.apply(handle, deadline));
                } else if (patience != null && answered != null && answered + patience.toNanos() - deadline < 0) {
                    values.put(handle, awaitBriefly(handle, future, answered, patience, deadline));
                } else {
                    values.put(handle, await(handle, future, deadline));
                }
                answered = handle.isPrimary() ? (Long) System.nanoTime() : answered;
            } catch (BackendException e) {
                failures.put(handle, e);
            } catch (CancellationException e) {
                remote.values().forEach(future -> future.cancel(true));
                throw e;
            }
        }
        return new Answers<>(inOrder(handles, values), inOrder(handles, failures));
    }

    private <T> T await(BackendHandle handle, Future<T> future, long deadline) {
        try {
            return awaitUntil(handle, future, deadline);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw handle.timedOut();
        }
    }

    private <T> T awaitBriefly(BackendHandle handle, Future<T> future, long start, Duration patience, long deadline) {
        try {
            return awaitUntil(handle, future, start + patience.toNanos());
        } catch (TimeoutException e) {
            late.put(handle, future);
            CompletableFuture.delayedExecutor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS, executor)
                    .execute(() -> giveUp(handle, future));
            String starting = handle.starting();
            throw new BackendException(
                    Kind.TIMED_OUT,
                    handle.name() + " "
                            + (starting == null
                                    ? "had not answered " + patience.toMillis() + " ms after the local database"
                                    : starting),
                    "the result is what was known by then");
        }
    }

    private static void giveUp(BackendHandle handle, Future<?> future) {
        if (!future.isDone()) {
            future.cancel(true);
            handle.timedOut();
        }
    }

    private <T> T awaitUntil(BackendHandle handle, Future<T> future, long end) throws TimeoutException {
        beforeWaiting.accept(handle);
        try {
            return future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BackendException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for " + handle.name());
        }
    }

    private static long deadline(BackendHandle handle, long start) {
        return start + handle.options().timeout().toNanos();
    }

    private static List<BackendHandle> primaryFirst(Collection<BackendHandle> handles) {
        return handles.stream()
                .sorted((a, b) -> Boolean.compare(b.isPrimary(), a.isPrimary()))
                .toList();
    }

    private static <V> Map<BackendHandle, V> inOrder(
            Collection<BackendHandle> handles, Map<BackendHandle, V> unordered) {
        Map<BackendHandle, V> ordered = new LinkedHashMap<>();
        for (BackendHandle handle : handles) {
            V value = unordered.get(handle);
            if (value != null) {
                ordered.put(handle, value);
            }
        }
        return ordered;
    }
}
