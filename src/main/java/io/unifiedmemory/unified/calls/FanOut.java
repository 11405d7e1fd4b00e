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
 * Asks several backends the same at once, each within its own timeout. One that answers in this process is asked on the
 * caller's thread, the others on threads of their own meanwhile. Thread-safe.
 *
 * <p>A caller that is interrupted while it waits gets a {@link CancellationException}, and what it asked is interrupted.
 */
public final class FanOut {

    private final ExecutorService executor;
    private final Map<BackendHandle, Future<?>> late = new ConcurrentHashMap<>();
    private final Consumer<BackendHandle> beforeWaiting;

    /**
     * @param beforeWaiting called on the caller's thread when it is about to wait for a backend that is not local
     */
    public FanOut(ExecutorService executor, Consumer<BackendHandle> beforeWaiting) {
        this.executor = executor;
        this.beforeWaiting = beforeWaiting;
    }

    /** Asks one backend. */
    <T> T ask(BackendHandle slot, Function<MemoryBackend, T> operation) {
        slot.requireAdmission();
        long deadline = deadline(slot, System.nanoTime());
        return slot.isInProcess()
                ? slot.call(operation, deadline)
                : await(slot, executor.submit(() -> slot.call(operation, deadline)), deadline);
    }

    /** Asks all of them; never throws a {@link BackendException}. */
    public <T> Answers<T> askAll(Collection<BackendHandle> slots, Function<MemoryBackend, T> operation) {
        return askAll(slots, operation, null);
    }

    /**
     * Asks all of them, but when the store of record has answered, waits for the others no longer than the patience lasts. What
     * is late then is left to its own timeout, and its backend is not asked in this way again before that is over.
     *
     * @param patience null for as long as their timeouts allow
     */
    public <T> Answers<T> askAll(
            Collection<BackendHandle> slots, Function<MemoryBackend, T> operation, @Nullable Duration patience) {
        Map<BackendHandle, BackendException> refused = new LinkedHashMap<>();
        List<BackendHandle> admitted = new ArrayList<>();
        for (BackendHandle slot : slots) {
            try {
                slot.requireAdmission();
                if (patience != null) {
                    requirePunctual(slot);
                }
                admitted.add(slot);
            } catch (BackendException e) {
                refused.put(slot, e);
            }
        }
        Answers<T> answers = runAll(admitted, (slot, deadline) -> slot.call(operation, deadline), patience);
        if (refused.isEmpty()) {
            return answers;
        }
        refused.putAll(answers.failures());
        return new Answers<>(answers.values(), inOrder(slots, refused));
    }

    private void requirePunctual(BackendHandle slot) {
        Future<?> earlier = late.get(slot);
        if (earlier != null && !earlier.isDone()) {
            throw new BackendException(
                    Kind.TIMED_OUT,
                    slot.name() + " has not answered an earlier call yet",
                    "it is asked again after that");
        }
    }

    /** Work for one slot that ends, if it can, by a deadline as of {@link System#nanoTime}. */
    @FunctionalInterface
    public interface SlotWork<T> {
        T apply(BackendHandle slot, long deadline);
    }

    /** Does the same work for each slot at once, whatever their breakers say. */
    public <T> Answers<T> runAll(Collection<BackendHandle> slots, SlotWork<T> work) {
        return runAll(slots, work, null);
    }

    private <T> Answers<T> runAll(Collection<BackendHandle> slots, SlotWork<T> work, @Nullable Duration patience) {
        long start = System.nanoTime();
        Map<BackendHandle, Future<T>> remote = new LinkedHashMap<>();
        for (BackendHandle slot : slots) {
            if (!slot.isInProcess()) {
                remote.put(slot, executor.submit(() -> work.apply(slot, deadline(slot, start))));
            }
        }
        Map<BackendHandle, T> values = new LinkedHashMap<>();
        Map<BackendHandle, BackendException> failures = new LinkedHashMap<>();
        Long answered = null; // by the store of record, as of System.nanoTime
        for (BackendHandle slot : primaryFirst(slots)) {
            try {
                Future<T> future = remote.get(slot);
                long deadline = deadline(slot, start);
                if (future == null) {
                    values.put(slot, work.apply(slot, deadline));
                } else if (patience != null && answered != null && answered + patience.toNanos() - deadline < 0) {
                    values.put(slot, awaitBriefly(slot, future, answered, patience, deadline));
                } else {
                    values.put(slot, await(slot, future, deadline));
                }
                answered = slot.isPrimary() ? (Long) System.nanoTime() : answered;
            } catch (BackendException e) {
                failures.put(slot, e);
            } catch (CancellationException e) {
                remote.values().forEach(future -> future.cancel(true));
                throw e;
            }
        }
        return new Answers<>(inOrder(slots, values), inOrder(slots, failures));
    }

    private <T> T await(BackendHandle slot, Future<T> future, long deadline) {
        try {
            return awaitUntil(slot, future, deadline);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw slot.timedOut();
        }
    }

    private <T> T awaitBriefly(BackendHandle slot, Future<T> future, long start, Duration patience, long deadline) {
        try {
            return awaitUntil(slot, future, start + patience.toNanos());
        } catch (TimeoutException e) {
            late.put(slot, future);
            CompletableFuture.delayedExecutor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS, executor)
                    .execute(() -> giveUp(slot, future));
            String starting = slot.starting();
            throw new BackendException(
                    Kind.TIMED_OUT,
                    slot.name() + " "
                            + (starting == null
                                    ? "had not answered " + patience.toMillis() + " ms after the local database"
                                    : starting),
                    "the result is what was known by then");
        }
    }

    private static void giveUp(BackendHandle slot, Future<?> future) {
        if (!future.isDone()) {
            future.cancel(true);
            slot.timedOut();
        }
    }

    private <T> T awaitUntil(BackendHandle slot, Future<T> future, long end) throws TimeoutException {
        beforeWaiting.accept(slot);
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
            throw new CancellationException("interrupted while waiting for " + slot.name());
        }
    }

    private static long deadline(BackendHandle slot, long start) {
        return start + slot.options().timeout().toNanos();
    }

    private static List<BackendHandle> primaryFirst(Collection<BackendHandle> slots) {
        return slots.stream()
                .sorted((a, b) -> Boolean.compare(b.isPrimary(), a.isPrimary()))
                .toList();
    }

    private static <V> Map<BackendHandle, V> inOrder(Collection<BackendHandle> slots, Map<BackendHandle, V> bySlot) {
        Map<BackendHandle, V> ordered = new LinkedHashMap<>();
        for (BackendHandle slot : slots) {
            V value = bySlot.get(slot);
            if (value != null) {
                ordered.put(slot, value);
            }
        }
        return ordered;
    }
}
