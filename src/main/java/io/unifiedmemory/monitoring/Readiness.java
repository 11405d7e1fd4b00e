package io.unifiedmemory.monitoring;

import io.unifiedmemory.http.TextPage;
import io.unifiedmemory.memory.util.Json;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The page that says whether any backend would take a write; its status is 503 when none would. It tells no more than
 * the names of backends, because everybody may read it, and asks them once a second at most, however many read it.
 * Thread-safe.
 */
public final class Readiness implements Supplier<TextPage> {

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Answer(TextPage page, long nanos) {}

    private final Supplier<Map<String, Boolean>> backends;
    private final LongSupplier nanoTime;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Answer last;

    /**
     * @param backends says by name which backend would take a write now
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    public Readiness(Supplier<Map<String, Boolean>> backends, LongSupplier nanoTime) {
        this.backends = backends;
        this.nanoTime = nanoTime;
    }

    @Override
    public TextPage get() {
        Answer known = last;
        if (known != null && (isFresh(known) || asking.isLocked())) {
            return known.page;
        }
        asking.lock();
        try {
            known = last;
            if (known == null || !isFresh(known)) {
                known = new Answer(page(), nanoTime.getAsLong());
                last = known;
            }
            return known.page;
        } finally {
            asking.unlock();
        }
    }

    private boolean isFresh(Answer answer) {
        return nanoTime.getAsLong() - answer.nanos < FRESH_NANOS;
    }

    private TextPage page() {
        Map<String, Boolean> ready = backends.get();
        boolean any = ready.containsValue(true);
        return new TextPage(any ? 200 : 503, "application/json", Json.write(Map.of("ready", any, "backends", ready)));
    }
}
