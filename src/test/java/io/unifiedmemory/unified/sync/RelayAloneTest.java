package io.unifiedmemory.unified.sync;

import io.unifiedmemory.harness.Eventually;
import io.unifiedmemory.memory.spi.Expirations;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.Backends;
import io.unifiedmemory.unified.writes.ConcurrentChangeCheck;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The relay's thread where there is nothing to deliver to. */
class RelayAloneTest extends SyncSteps {

    /** The end of a process interrupts its calls to a database across a network. */
    @Test
    void aQuestionThatIsInterruptedDoesNotEndIt() {
        AtomicInteger questions = new AtomicInteger();
        Expirations interrupted = (by, limit) -> {
            if (limit > 1) {
                return List.of();
            }
            questions.incrementAndGet();
            throw new CancellationException("interrupted while waiting for the database");
        };
        PrimaryStore store = (PrimaryStore) Proxy.newProxyInstance(
                PrimaryStore.class.getClassLoader(),
                new Class<?>[] {PrimaryStore.class},
                (proxy, method, arguments) ->
                        method.getName().equals("expirations") ? interrupted : method.invoke(memories, arguments));
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker)));
        Backends backends = backends(handles);
        try (Relay alone = new Relay(
                backends,
                new Delivery(backends, new ConcurrentChangeCheck(backends)),
                reconciler,
                new RestoredFile(handles, memories),
                new Sweeper(handles, store, expired -> {}, RETENTION, clock))) {
            alone.start();
            Eventually.await(
                    () -> {
                        alone.wake();
                        return questions.get() > 10;
                    },
                    () -> "it asked " + questions + " times");
        }
    }
}
