package io.unifiedmemory.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Daemon;
import java.lang.ref.ReferenceQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeapWatchTest {

    private static final long MB = 1 << 20;

    private long heap;
    private long needed;
    private int collections;
    private final HeapWatch watch = new HeapWatch(() -> heap, () -> {
        collections++;
        heap = needed;
    });

    private void look(long megabytes) {
        heap = megabytes * MB;
        watch.look();
    }

    @Test
    void aSmallHeapIsLeftAlone() {
        look(48);
        assertThat(collections).isZero();
    }

    @Test
    void aHeapIsCollectedEachTimeItHasGrownSoFar() {
        needed = 20 * MB;
        look(49);
        look(48);
        look(49);
        assertThat(collections).isEqualTo(2);
    }

    /** Otherwise every collection of a young generation would be followed by one of everything. */
    @Test
    void aHeapThatIsNeededIsCollectedWhenItHasDoubled() {
        needed = 100 * MB;
        look(100);
        look(200);
        assertThat(collections).isEqualTo(1);

        look(201);
        assertThat(collections).isEqualTo(2);

        needed = 10 * MB;
        look(201);
        look(49);
        assertThat(collections).as("when it is not needed any more").isEqualTo(4);
    }

    @Test
    void itLooksAfterEachCollection() throws Exception {
        CountDownLatch looks = new CountDownLatch(2);
        HeapWatch counting = new HeapWatch(
                () -> {
                    looks.countDown();
                    return 0;
                },
                () -> {});
        Thread thread = Daemon.start("heap", () -> counting.lookAfterEach(new ReferenceQueue<>()));

        for (long first = looks.getCount(); looks.getCount() > 0; first = looks.getCount()) {
            System.gc();
            looks.await(first == looks.getCount() ? 1 : 0, TimeUnit.SECONDS);
        }

        thread.interrupt();
        thread.join();
    }
}
