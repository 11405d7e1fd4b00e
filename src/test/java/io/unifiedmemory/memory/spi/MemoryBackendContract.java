package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The text of {@link MemoryBackend} in executable form. Every backend runs it whole: extend it and say how to open one.
 *
 * <p>What is declared in {@link MemoryBackend#capabilities} has to work and what is not has to be refused. The storage
 * may be shared with other tests and may be slow: each test works with users of its own and writes some 200 memories at
 * most. What was stored is looked at through {@code retrieve}.
 */
public abstract class MemoryBackendContract extends ConcurrencyContract {

    private static final long PATIENCE_SECONDS = 60;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    @Test
    void saysWhatItIs() {
        assertThat(backend.type()).matches("[a-z][a-z0-9-]*");
        assertThat(backend.check().detail()).isNotBlank().doesNotContain("\n");
        assertThat(backend.check().up()).isTrue();
        assertThat(backend.capabilities()).isEqualTo(backend.capabilities());
    }

    @Test
    void whatIsNotDeclaredIsUnsupported() {
        Set<Capability> optional = EnumSet.of(Capability.SEARCH, Capability.LIST);
        optional.removeAll(backend.capabilities());

        for (Capability capability : optional) {
            calls(capability).forEach(call -> assertFails(BackendException.Kind.UNSUPPORTED, call::call));
        }
        optional.forEach(capability -> assertThat(calls(capability)).isNotEmpty());
    }

    private List<Callable<Object>> calls(Capability capability) {
        return switch (capability) {
            case SEARCH ->
                List.of(
                        () -> backend.search(new SearchRequest(user, Query.of("query"), 1))
                                .entries(),
                        () -> backend.search(new SearchRequest(user, null, 1)).entries());
            case LIST -> List.of(() -> backend.list(new ListRequest(user, null, 1)));
            case VERSIONS -> List.of();
        };
    }

    @Test
    void aCallOfAnInterruptedThreadEndsAndLeavesTheStatusSet() throws Exception {
        store("key", "value");
        for (Callable<Object> call : everyCall()) {
            Thread thread = started(() -> {
                Thread.currentThread().interrupt();
                endsWithOrWithoutResult(call);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
            assertEnds(thread);
        }
        assertHolds(store("afterwards", "value"));
    }

    @Test
    void aCallInterruptedOnItsWayEndsAndLeavesTheStatusSet() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Thread thread = started(() -> {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                MemoryEntry entry = memory("key", "value " + i);
                endsWithOrWithoutResult(() -> backend.store(entry));
                endsWithOrWithoutResult(() -> backend.retrieve(user, "key"));
                running.countDown();
            }
        });
        assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();

        assertEnds(thread);
        assertHolds(store("afterwards", "value"));
    }

    private Thread started(Runnable task) {
        Thread thread = new Thread(task, "interrupted");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, thrown) -> failure.set(thrown));
        thread.start();
        return thread;
    }

    private void assertEnds(Thread thread) throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertThat(thread.isAlive()).as("still running").isFalse();
        assertThat(failure.get()).isNull();
    }

    private static void endsWithOrWithoutResult(Callable<Object> call) {
        try {
            assertThat(call.call()).isNotNull();
        } catch (BackendException e) {
            assertThat(e).hasMessageNotContaining("\n");
        } catch (Exception e) {
            throw new AssertionError("the only failure is a BackendException", e);
        }
    }

    @Test
    void afterCloseEveryCallFailsAsUnavailable() {
        store("key", "value");

        backend.close();
        backend.close();

        for (Callable<Object> call : everyCall()) {
            assertFails(BackendException.Kind.UNAVAILABLE, call::call);
        }
        assertThat(backend.check().up()).isFalse();
        assertThat(backend.check().detail()).isNotBlank();
    }

    @Test
    void aBackendThatWasNeverUsedCanBeClosed() throws Exception {
        MemoryBackend unused = open();

        assertThat(unused.capabilities()).isEqualTo(backend.capabilities());
        assertThatCode(unused::close).doesNotThrowAnyException();
    }

    /** One call of each method that is supported. */
    private List<Callable<Object>> everyCall() {
        List<Callable<Object>> calls = new ArrayList<>();
        calls.add(() -> backend.store(memory("key", "value")));
        calls.add(() -> backend.retrieve(user, "key"));
        backend.capabilities().forEach(capability -> calls.addAll(calls(capability)));
        return calls;
    }
}
