package io.unifiedmemory.unified.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.unified.calls.CallOrder.Place;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallOrderTest {

    private static final @Nullable String EVERY_KEY = null;

    /** Released once for each call that has given up its turn to read. */
    private final Semaphore turns = new Semaphore(0);

    private final CallOrder order = CallOrder.ofOneClient(turns::release);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final CountDownLatch locked = new CountDownLatch(1);

    @AfterEach
    void end() {
        executor.shutdownNow();
    }

    @Test
    void whatIsAboutTheSameMemoryWaitsAndAllElseGoesOn() {
        CompletableFuture<Void> store = begin(() -> order.run(Place.writing("anna", "tea"), this::waitForTheLock));
        CompletableFuture<Void> same =
                begin(() -> order.run(Place.reading("anna", "tea"), () -> done.add("retrieve tea")));
        CompletableFuture<Void> search =
                begin(() -> order.run(Place.reading("anna", EVERY_KEY), () -> done.add("search")));
        CompletableFuture<Void> again =
                begin(() -> order.run(Place.writing("anna", "tea"), () -> done.add("store tea")));
        CompletableFuture<Void> all =
                begin(() -> order.run(Place.writing("anna", EVERY_KEY), () -> done.add("delete all")));
        CompletableFuture<Void> behindAll =
                begin(() -> order.run(Place.reading("anna", "milk"), () -> done.add("retrieve milk")));

        order.run(Place.reading("bob", "tea"), () -> done.add("other user"));
        order.run(Place.writing("bob", EVERY_KEY), () -> done.add("other user's all"));
        assertThat(done).containsExactly("other user", "other user's all");
        locked.countDown();
        CompletableFuture.allOf(store, same, search, again, all, behindAll).join();

        assertThat(done.subList(2, 3)).containsExactly("stored at last");
        assertThat(done.subList(3, 5)).containsExactlyInAnyOrder("retrieve tea", "search");
        assertThat(done.subList(5, 8)).containsExactly("store tea", "delete all", "retrieve milk");
    }

    @Test
    void anotherKeyOfTheUserIsNotHeldUp() {
        CompletableFuture<Void> store = begin(() -> order.run(Place.writing("anna", "tea"), this::waitForTheLock));

        order.run(Place.reading("anna", "milk"), () -> done.add("retrieve"));
        order.run(Place.writing("anna", "milk"), () -> done.add("store"));

        assertThat(done).containsExactly("retrieve", "store");
        locked.countDown();
        store.join();
    }

    @Test
    void readsDoNotWaitForReads() {
        CompletableFuture<Void> search = begin(() -> order.run(Place.reading("anna", EVERY_KEY), this::waitForTheLock));

        order.run(Place.reading("anna", "tea"), () -> done.add("retrieve"));

        assertThat(done).containsExactly("retrieve");
        locked.countDown();
        search.join();
    }

    @Test
    void aCallThatWaitsForAnUpstreamHoldsUpNothing() {
        CompletableFuture<Void> store = begin(() -> order.run(Place.writing("anna", "tea"), () -> {
            order.beforeUpstream();
            return await();
        }));

        order.run(Place.reading("anna", "tea"), () -> done.add("retrieve"));

        assertThat(done).containsExactly("retrieve");
        locked.countDown();
        store.join();
    }

    @Test
    void waitsBehindOthersAndForTheDatabaseCountFromTheArrival() {
        CompletableFuture<Void> store = begin(() -> order.run(Place.writing("anna", "tea"), this::waitForTheLock));
        long before = System.nanoTime();
        CompletableFuture<Long> next = new CompletableFuture<>();
        CompletableFuture<Void> second =
                begin(() -> order.run(Place.writing("anna", "tea"), () -> next.complete(order.beforeWaiting())));
        long after = System.nanoTime();

        locked.countDown();
        CompletableFuture.allOf(store, second).join();
        assertThat(next.join()).isBetween(before, after);
    }

    @Test
    void anInterruptedCallIsCancelledAndHoldsUpNothing() throws Exception {
        CompletableFuture<Void> store = begin(() -> order.run(Place.writing("anna", "tea"), this::waitForTheLock));
        CompletableFuture<@Nullable Throwable> outcome = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                order.run(Place.writing("anna", "tea"), () -> done.add("must not run"));
                outcome.complete(null);
            } catch (CancellationException e) {
                outcome.complete(e);
            }
        });
        waiting.start();
        turns.acquire();

        waiting.interrupt();

        assertThat(outcome.join()).isInstanceOf(CancellationException.class);
        locked.countDown();
        store.join();
        order.run(Place.reading("anna", "tea"), () -> done.add("retrieve"));
        assertThat(done).containsExactly("stored at last", "retrieve");
    }

    @Test
    void aCallThatFailsLeavesItsPlace() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> order.<Void>run(Place.writing("anna", "tea"), () -> {
                    throw new IllegalStateException("the call's own");
                }));

        order.run(Place.reading("anna", "tea"), () -> done.add("retrieve"));

        assertThat(done).containsExactly("retrieve");
    }

    @Test
    void callsOfManyClientsHaveNoOrder() throws Exception {
        CallOrder none = CallOrder.none();
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<Void> store = Async.run(
                () -> none.run(Place.writing("anna", "tea"), () -> {
                    began.countDown();
                    return await();
                }),
                executor);
        began.await();

        none.run(Place.reading("anna", "tea"), () -> done.add("retrieve"));

        assertThat(done).containsExactly("retrieve");
        locked.countDown();
        store.join();
    }

    /** Lets another thread bring a call and returns when that has given up its turn, as the reading thread would. */
    private CompletableFuture<Void> begin(Supplier<?> call) {
        CompletableFuture<Void> ended = Async.run(
                () -> {
                    Object unused = call.get();
                },
                executor);
        turns.acquireUninterruptibly();
        return ended;
    }

    private boolean waitForTheLock() {
        order.beforeWaiting();
        await();
        return done.add("stored at last");
    }

    private boolean await() {
        try {
            locked.await();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
