package io.unifiedmemory.launch;

import io.unifiedmemory.memory.util.Daemon;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has all garbage collected when the heap has doubled since it was last. The Serial collector of JDK 25 otherwise widens the
 * old generation up to the largest heap, a quarter of the machine, before it collects there for the first time. Looks after
 * collections of the young generation, which come only while there is work: an idle process is not woken. See
 * docs/decisions/051-start.md.
 */
public final class HeapWatch {

    private static final Logger LOG = LoggerFactory.getLogger(HeapWatch.class);

    /** Set by the launcher where it chooses the collector. */
    private static final String WANTED = "unified-memory.watch-heap";

    /** Three times what a session begins with. */
    private static final long LEAST_BYTES = 48L << 20;

    private final LongSupplier heapBytes;
    private final Runnable collector;
    private long limit = LEAST_BYTES;

    /**
     * A watch that does not look by itself.
     *
     * @param heapBytes how large the heap is now
     * @param collector collects all garbage and makes the heap smaller if it can
     */
    HeapWatch(LongSupplier heapBytes, Runnable collector) {
        this.heapBytes = heapBytes;
        this.collector = collector;
    }

    /** Begins to watch, on a thread of its own, if the launcher wants it. */
    public static void startIfWanted() {
        if (Boolean.getBoolean(WANTED)) {
            HeapWatch watch = new HeapWatch(Runtime.getRuntime()::totalMemory, System::gc);
            Daemon.start("heap", () -> watch.lookAfterEach(new ReferenceQueue<>()));
        }
    }

    /** Looks after each collection, until the thread is interrupted. */
    void lookAfterEach(ReferenceQueue<Object> collections) {
        try {
            while (true) {
                PhantomReference<Object> untilNext = new PhantomReference<>(new Object(), collections);
                if (collections.remove() == untilNext) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the heap is not watched any more", e);
        }
    }

    /** Has the garbage collected if the heap has grown so far. */
    void look() {
        if (heapBytes.getAsLong() > limit) {
            collector.run();
            limit = Math.max(LEAST_BYTES, 2 * heapBytes.getAsLong());
        }
    }
}
