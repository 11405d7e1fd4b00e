package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Asks several backends the same at once, each within its own timeout. A local backend is asked on the caller's thread,
 * the others on threads of their own meanwhile. Thread-safe.
 *
 * <p>A caller that is interrupted while it waits gets a {@link CancellationException}, and what it asked is interrupted.
 */
final class FanOut {

    private final ExecutorService executor;
    private final Runnable beforeWaiting;

    /**
     * @param beforeWaiting called on the caller's thread when it is about to wait for a backend that is not local
     */
    FanOut(ExecutorService executor, Runnable beforeWaiting) {
        this.executor = executor;
        this.beforeWaiting = beforeWaiting;
    }

    /** Asks one backend. */
    <T> T ask(Slot slot, Function<MemoryBackend, T> operation) {
        slot.requireAdmission();
        long deadline = deadline(slot, System.nanoTime());
        return slot.isLocal()
                ? slot.call(operation, deadline)
                : await(slot, executor.submit(() -> slot.call(operation, deadline)), deadline);
    }

    /** Asks all of them; never throws a {@link BackendException}. */
    <T> Answers<T> askAll(Collection<Slot> slots, Function<MemoryBackend, T> operation) {
        Map<Slot, BackendException> refused = new LinkedHashMap<>();
        List<Slot> admitted = new ArrayList<>();
        for (Slot slot : slots) {
            try {
                slot.requireAdmission();
                admitted.add(slot);
            } catch (BackendException e) {
                refused.put(slot, e);
            }
        }
        Answers<T> answers = runAll(admitted, (slot, deadline) -> slot.call(operation, deadline));
        if (refused.isEmpty()) {
            return answers;
        }
        refused.putAll(answers.failures());
        return new Answers<>(answers.values(), inOrder(slots, refused));
    }

    /** Work for one slot that ends, if it can, by a deadline as of {@link System#nanoTime}. */
    @FunctionalInterface
    interface SlotWork<T> {
        T apply(Slot slot, long deadline);
    }

    /** Does the same work for each slot at once, whatever their breakers say. */
    <T> Answers<T> runAll(Collection<Slot> slots, SlotWork<T> work) {
        long start = System.nanoTime();
        Map<Slot, Future<T>> remote = new LinkedHashMap<>();
        for (Slot slot : slots) {
            if (!slot.isLocal()) {
                remote.put(slot, executor.submit(() -> work.apply(slot, deadline(slot, start))));
            }
        }
        Map<Slot, T> values = new LinkedHashMap<>();
        Map<Slot, BackendException> failures = new LinkedHashMap<>();
        for (Slot slot : localFirst(slots)) {
            try {
                Future<T> future = remote.get(slot);
                values.put(
                        slot,
                        future == null
                                ? work.apply(slot, deadline(slot, start))
                                : await(slot, future, deadline(slot, start)));
            } catch (BackendException e) {
                failures.put(slot, e);
            } catch (CancellationException e) {
                remote.values().forEach(future -> future.cancel(true));
                throw e;
            }
        }
        return new Answers<>(inOrder(slots, values), inOrder(slots, failures));
    }

    private <T> T await(Slot slot, Future<T> future, long deadline) {
        beforeWaiting.run();
        try {
            return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw slot.timedOut();
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

    private static long deadline(Slot slot, long start) {
        return start + slot.options().timeout().toNanos();
    }

    private static List<Slot> localFirst(Collection<Slot> slots) {
        return slots.stream()
                .sorted((a, b) -> Boolean.compare(b.isLocal(), a.isLocal()))
                .toList();
    }

    private static <V> Map<Slot, V> inOrder(Collection<Slot> slots, Map<Slot, V> bySlot) {
        Map<Slot, V> ordered = new LinkedHashMap<>();
        for (Slot slot : slots) {
            V value = bySlot.get(slot);
            if (value != null) {
                ordered.put(slot, value);
            }
        }
        return ordered;
    }
}
