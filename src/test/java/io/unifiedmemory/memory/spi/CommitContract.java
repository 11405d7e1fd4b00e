package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Transactions: whole or not at all. */
interface CommitContract extends PrimaryStoreSteps {

    long PATIENCE_SECONDS = 60;

    @Test
    default void whatATransactionWroteIsThereAfterIt() {
        MemoryEntry memory = memory("key", "value");
        OutboxEntry owed = owed(Operation.STORE, "key");
        HighWaterMark.Mark mark = new HighWaterMark.Mark(tick(), now());

        String result = commit(tx -> {
            tx.store(memory);
            tx.owe(owed);
            tx.highWater().update(before -> mark);
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertHolds(memory);
        assertThat(allOwed()).containsExactly(owed);
        assertThat(mark()).isEqualTo(mark);
    }

    @Test
    default void anExceptionOfTheWorkRollsEverythingBack() {
        MemoryEntry changed = store("changed", "before");
        MemoryEntry deleted = store("deleted", "before");
        OutboxEntry owed = owe(owed(Operation.STORE, "changed"));
        HighWaterMark.Mark mark = primary().highWater().update(held -> new HighWaterMark.Mark(tick(), now()));

        for (Throwable thrown : List.of(
                new IllegalStateException("of the work"),
                new BackendException(BackendException.Kind.OVERLOADED, "of the work", "try again"),
                new AssertionError("of the work"))) {
            Throwable heard = catchThrowable(() -> commit(tx -> {
                tx.store(memory("changed", "after"));
                tx.store(memory("new", "after"));
                tx.delete(user(), "deleted", tick());
                tx.owe(owed(Operation.DELETE_ALL, ""));
                tx.highWater().update(held -> new HighWaterMark.Mark(tick(), now() + 1));
                return rethrown(thrown);
            }));

            assertThat(heard).isSameAs(thrown);
            assertHolds(changed);
            assertHolds(deleted);
            assertThat(lookup("new")).isEqualTo(Lookup.MISSING);
            assertThat(allOwed()).containsExactly(owed);
            assertThat(mark()).isEqualTo(mark);
        }
        assertHolds(store("afterwards", "value"));
    }

    private static Object rethrown(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @Test
    default void aTransactionSeesWhatItWrote() {
        for (Subject about : List.of(
                new Subject(user(), "key"),
                new Subject(user(), "another"),
                new Subject(user(), null),
                new Subject(user() + "2", "key"))) {
            MemoryEntry memory = memory("key", "about " + about);
            HlcTimestamp deleted = tick();
            HlcTimestamp ahead = tick();
            OutboxEntry owed = owed(Operation.STORE, "key").dueAt(now() + 10);
            primary().commit(about, tx -> {
                tx.highWater().update(held -> new HighWaterMark.Mark(ahead, now()));
                assertThat(tx.store(memory)).isInstanceOf(Lookup.Found.class);
                assertThat(tx.retrieve(user(), "key"))
                        .isInstanceOfSatisfying(
                                Lookup.Found.class,
                                found -> assertThat(found.entry().value()).isEqualTo(memory.value()));
                assertThat(tx.delete(user(), "key", deleted).count()).isEqualTo(1);
                assertThat(tx.retrieve(user(), "key")).isEqualTo(new Lookup.Deleted(deleted));
                tx.owe(owed);
                assertThat(tx.busyUntil(owed, HlcTimestamp.NONE)).isEqualTo(now() + 10);
                assertThat(tx.highWater().update(held -> held).newest()).isEqualTo(ahead);
                return about;
            });
            assertDeleted("key", deleted);
        }
    }

    /** A store may run it again after a conflict; what earlier runs wrote is gone then. */
    @Test
    default void ofSeveralRunsOfTheWorkTheLastOneCounts() {
        AtomicInteger runs = new AtomicInteger();
        HighWaterMark.Mark before = mark();

        int result = commit(tx -> {
            int run = runs.incrementAndGet();
            assertThat(tx.retrieve(user(), "key")).isEqualTo(Lookup.MISSING);
            tx.store(memory("key", "of run " + run));
            tx.store(memory("only in run " + run, "value"));
            tx.owe(owed(Operation.STORE, "of run " + run));
            tx.highWater().update(held -> new HighWaterMark.Mark(held.newest().next(), 0));
            return run;
        });

        assertThat(result).isEqualTo(runs.get());
        assertThat(listed(user(), 10))
                .extracting(MemoryEntry::value)
                .containsExactlyInAnyOrder("of run " + result, "value");
        assertThat(allOwed()).extracting(OutboxEntry::key).containsExactly("of run " + result);
        assertThat(mark().newest()).isEqualTo(before.newest().next());
    }

    @Test
    default void parallelCommitsLoseNothing() throws Exception {
        ConcurrencyContract.together(thread -> {
            for (int i = 0; i < ConcurrencyContract.WRITES_PER_THREAD; i++) {
                String own = thread + " " + i;
                commit(tx -> {
                    HlcTimestamp version = tx.highWater()
                            .update(held -> new HighWaterMark.Mark(held.newest().next(), 0))
                            .newest();
                    int count = tx.retrieve(user(), "counter") instanceof Lookup.Found found
                            ? Integer.parseInt(found.entry().value())
                            : 0;
                    tx.store(entry("counter", "" + (count + 1), version));
                    tx.owe(owed(UP, Operation.STORE, user(), own, version));
                    return count;
                });
            }
        });

        int all = ConcurrencyContract.THREADS * ConcurrencyContract.WRITES_PER_THREAD;
        assertThat(lookup("counter"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo("" + all));
        assertThat(allOwed()).extracting(OutboxEntry::key).hasSize(all).doesNotHaveDuplicates();
        assertThat(mark().newest()).isEqualTo(new HlcTimestamp(all));
    }

    private MemoryEntry entry(String key, String value, HlcTimestamp version) {
        return memory(user(), key, value, Map.of()).withVersion(version);
    }

    @Test
    default void aReaderSeesATransactionAsAWhole() throws Exception {
        List<List<MemoryEntry>> pairs = new ArrayList<>();
        for (int i = 0; i < ConcurrencyContract.WRITES_PER_THREAD; i++) {
            pairs.add(List.of(memory("left", "" + i), memory("right", "" + i)));
        }
        AtomicBoolean writing = new AtomicBoolean(true);
        ConcurrencyContract.together(thread -> {
            if (thread == 0) {
                try {
                    for (List<MemoryEntry> pair : pairs) {
                        commit(tx -> List.of(tx.store(pair.get(0)), tx.store(pair.get(1))));
                    }
                } finally {
                    writing.set(false);
                }
            } else {
                do {
                    List<MemoryEntry> seen =
                            backend().list(new ListRequest(user(), null, 10)).entries();
                    assertThat(seen.size()).isIn(0, 2);
                    assertThat(seen.stream().map(MemoryEntry::value).distinct()).hasSizeLessThan(2);
                } while (writing.get());
            }
        });
    }

    @Test
    default void anInterruptedCommitThatWaitsEndsAndWritesNothing() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        FutureTask<?> holding = start(() -> commit(tx -> {
            inside.countDown();
            return awaited(release);
        }));
        assertThat(inside.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        AtomicBoolean status = new AtomicBoolean();
        FutureTask<?> waiting = new FutureTask<>(
                () -> {
                    assertFails(
                            BackendException.Kind.TIMED_OUT,
                            () -> commit(tx -> tx.store(memory("key", "of an interrupted thread"))));
                    status.set(Thread.currentThread().isInterrupted());
                },
                null);
        Thread thread = started(waiting);

        thread.interrupt();

        waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(holding.isDone()).as("the other one goes on").isFalse();
        release.countDown();
        holding.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(status).as("the interrupt status is set").isTrue();
        assertThat(lookup("key")).isEqualTo(Lookup.MISSING);
    }

    @Test
    default void aCommitOfAnInterruptedThreadWritesAllOrThrows() throws Exception {
        AtomicBoolean threw = new AtomicBoolean();
        FutureTask<?> task = start(() -> {
            Thread.currentThread().interrupt();
            try {
                commit(tx -> {
                    tx.owe(owed(Operation.STORE, "key"));
                    return tx.store(memory("key", "value"));
                });
            } catch (BackendException e) {
                threw.set(true);
            }
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });

        task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(lookup("key") instanceof Lookup.Found).isEqualTo(!threw.get());
        assertThat(allOwed()).hasSize(threw.get() ? 0 : 1);
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static FutureTask<?> start(Runnable steps) {
        FutureTask<?> task = new FutureTask<>(steps, null);
        started(task);
        return task;
    }

    private static Thread started(FutureTask<?> task) {
        Thread thread = new Thread(task, "commit");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
