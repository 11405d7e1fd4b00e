package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many threads at once. */
interface ConcurrencyContract extends ContractSteps {

    int THREADS = 8;
    int WRITES_PER_THREAD = 20;
    /** Of all threads together. */
    int WRITES = THREADS * WRITES_PER_THREAD;

    long PATIENCE_SECONDS = 120;

    @Test
    default void writesOfManyThreadsAreAllKept() throws Exception {
        List<MemoryEntry> entries = IntStream.range(0, THREADS * WRITES_PER_THREAD)
                .mapToObj(i -> memory("key " + i, "value " + i))
                .toList();

        together(thread -> {
            for (int i = thread; i < entries.size(); i += THREADS) {
                store(entries.get(i));
            }
        });

        entries.forEach(this::assertHolds);
        if (declares(Capability.LIST)) {
            assertThat(listed(user(), 50)).hasSize(entries.size());
        }
    }

    @Test
    default void ofManyWritesOfOneKeyOneRemains() throws Exception {
        List<MemoryEntry> entries = new ArrayList<>();
        Instant created = Instant.ofEpochMilli(tick().millis());
        for (int i = 0; i < THREADS * WRITES_PER_THREAD; i++) {
            entries.add(memory("key", "value " + i).withCreatedAt(created));
        }
        MemoryEntry newest = entries.get(entries.size() - 1);
        Collections.shuffle(entries, new Random(2));

        together(thread -> {
            for (int i = thread; i < entries.size(); i += THREADS) {
                backend().store(entries.get(i));
            }
        });

        if (keepsVersions()) {
            assertHolds(newest);
        } else {
            assertThat(lookup("key"))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(entries)
                                    .extracting(MemoryEntry::value)
                                    .contains(found.entry().value()));
        }
        if (declares(Capability.LIST)) {
            assertThat(listed(user(), 50)).hasSize(1);
        }
    }

    @Test
    default void aReaderSeesTheOldOrTheNewAndNothingBetween() throws Exception {
        store(memory(user(), "key", "0", Map.of("n", "0")));
        List<MemoryEntry> entries = IntStream.rangeClosed(1, WRITES_PER_THREAD)
                .mapToObj(i -> memory(user(), "key", "" + i, Map.of("n", "" + i)))
                .toList();
        AtomicBoolean writing = new AtomicBoolean(true);
        together(thread -> {
            if (thread == 0) {
                try {
                    entries.forEach(backend()::store);
                } finally {
                    writing.set(false);
                }
            } else {
                do {
                    assertWhole(lookup("key"));
                } while (writing.get());
            }
        });

        assertThat(lookup("key"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo("" + WRITES_PER_THREAD));
    }

    /**
     * A backend without versions may replace a memory in several steps: there may be nothing for a moment, but no
     * mixture.
     */
    private void assertWhole(Lookup seen) {
        if (!keepsVersions() && seen.equals(Lookup.MISSING)) {
            return;
        }
        assertThat(seen)
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().metadata())
                                .isEqualTo(Map.of("n", found.entry().value())));
    }

    interface Task {
        void run(int thread) throws Exception;
    }

    /** Runs the task on as many threads at once and waits for all. */
    static void together(Task task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                running.add(threads.submit(() -> {
                    start.await();
                    task.run(thread);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
