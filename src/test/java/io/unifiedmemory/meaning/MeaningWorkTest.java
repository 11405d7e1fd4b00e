package io.unifiedmemory.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryStore;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.unified.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MeaningWorkTest {

    private static final Duration OFTEN = Duration.ofMillis(5);

    private final PrimaryStore store = new InMemoryStore(new MovableClock());
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void store() {
        store.store(new MemoryEntry("u", "key", "text", Map.of(), Instant.EPOCH, Instant.EPOCH, new HlcTimestamp(1)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** Another process may do so: its owner has removed the model there. */
    @Test
    void aModelThatIsForgottenDuringTheWorkIsNotWorkedForInVain() throws Exception {
        CountDownLatch again = new CountDownLatch(2);
        Meaning meaning = meaning(text -> {
            if (asked.incrementAndGet() == 1) {
                store.vectors().forget("test");
            }
            again.countDown();
            return new float[] {1};
        });

        try (MeaningWork work = new MeaningWork(meaning, store.vectors(), store.leases(), OFTEN)) {
            work.start();
            again.await();
            while (!store.vectors().waiting("test", 1).isEmpty()) {
                assertThat(asked.get()).isLessThan(100);
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aModelThatIsInstalledLaterIsUsed() throws Exception {
        CountDownLatch looked = new CountDownLatch(2);
        CountDownLatch made = new CountDownLatch(1);
        AtomicBoolean installed = new AtomicBoolean();
        ModelSource source =
                new AnsweringSource(text -> {
                    made.countDown();
                    return new float[] {1};
                }) {
                    @Override
                    public boolean isThere() {
                        looked.countDown();
                        return installed.get();
                    }
                };

        try (MeaningWork work =
                new MeaningWork(new Meaning(source, Duration.ofSeconds(30)), store.vectors(), store.leases(), OFTEN)) {
            work.start();
            looked.await();
            installed.set(true);

            assertThat(made.await(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static Meaning meaning(Function<String, float[]> answer) {
        return new Meaning(new AnsweringSource(answer), Duration.ofSeconds(30));
    }
}
