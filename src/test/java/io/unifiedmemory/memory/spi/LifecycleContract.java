package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.MemoryEntry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a backend says of itself, how it ends a call and how it is closed. */
interface LifecycleContract extends ContractSteps {

    long PATIENCE_SECONDS = 60;

    @Test
    default void saysWhatItIs() {
        assertThat(backend().capabilities()).isEqualTo(expectedCapabilities());
        assertThat(backend().type()).matches("[a-z][a-z0-9-]*");
        assertThat(backend().check().detail()).isNotBlank().doesNotContain("\n");
        assertThat(backend().check().up()).isTrue();
        store("key", "value");
        assertThat(backend().capabilities())
                .as("what is declared once it is connected")
                .isEqualTo(expectedCapabilities());
    }

    @Test
    default void whatIsNotDeclaredIsUnsupported() {
        List<BackendCall> undeclared =
                everyCall().stream().filter(call -> !supports(call)).toList();
        assumeFalse(undeclared.isEmpty(), "the backend declares all that can be refused");

        for (BackendCall call : undeclared) {
            assertFails(BackendException.Kind.UNSUPPORTED, () -> call.on(backend()));
        }
    }

    @Test
    default void aCallOfAnInterruptedThreadEndsAndLeavesTheStatusSet() throws Exception {
        store("key", "value");
        for (BackendCall call : supportedCalls()) {
            FutureTask<Void> task = task(() -> {
                Thread.currentThread().interrupt();
                endsWithOrWithoutResult(call.name(), () -> call.on(backend()));
                assertThat(Thread.currentThread().isInterrupted())
                        .as("interrupt status after " + call.name())
                        .isTrue();
            });
            start(task);
            task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertHolds(store("afterwards", "value"));
    }

    @Test
    default void aCallInterruptedOnItsWayEndsAndLeavesTheStatusSet() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        FutureTask<Void> task = task(() -> {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                MemoryEntry entry = memory("key", "value " + i);
                endsWithOrWithoutResult("store", () -> backend().store(entry));
                endsWithOrWithoutResult("retrieve", () -> backend().retrieve(user(), "key"));
                running.countDown();
            }
        });
        Thread thread = start(task);
        assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();

        task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertHolds(store("afterwards", "value"));
    }

    @Test
    default void afterCloseEveryCallFailsAsUnavailable() {
        store("key", "value");

        backend().close();
        backend().close();

        for (BackendCall call : supportedCalls()) {
            assertFails(BackendException.Kind.UNAVAILABLE, () -> call.on(backend()));
        }
        assertThat(backend().check().up()).isFalse();
        assertThat(backend().check().detail()).isNotBlank();
    }

    @Test
    default void aBackendThatWasNeverUsedCanBeClosed() throws Exception {
        MemoryBackend unused = open();

        assertThat(unused.capabilities()).isEqualTo(expectedCapabilities());
        assertThatCode(unused::close).doesNotThrowAnyException();
    }

    private List<BackendCall> everyCall() {
        return BackendCall.ofEveryMethod(user(), this::tick);
    }

    private List<BackendCall> supportedCalls() {
        return everyCall().stream().filter(this::supports).toList();
    }

    private boolean supports(BackendCall call) {
        return call.needs() == null || declares(call.needs());
    }

    private static FutureTask<Void> task(Runnable steps) {
        return new FutureTask<>(steps, null);
    }

    private static Thread start(FutureTask<Void> task) {
        Thread thread = new Thread(task, "interrupted");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void endsWithOrWithoutResult(String name, Supplier<Object> call) {
        try {
            assertThat(call.get()).as(name).isNotNull();
        } catch (BackendException e) {
            assertThat(e).as(name).hasMessageNotContaining("\n");
        } catch (RuntimeException e) {
            throw new AssertionError(name + ": the only failure is a BackendException", e);
        }
    }
}
