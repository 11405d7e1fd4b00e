package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.unified.calls.Backends;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the outbox which writes were confirmed, a moment after the calls that made them: the calls need not wait for a second
 * transaction, and all that end within that moment share one. See {@code WritePath.mayBeNotedLater} for which writes this is.
 * Thread-safe.
 */
final class Confirmations {

    private static final Logger LOG = LoggerFactory.getLogger(Confirmations.class);

    /** A busy client makes some twenty writes in it. */
    private static final Duration MOMENT = Duration.ofMillis(20);

    /** When a task that was to tell the outbox is taken for lost, as where no thread could be made for it. */
    private static final Duration LOST = Duration.ofSeconds(1);

    /** How many entries one transaction strikes out. */
    private static final int AT_ONCE = 500;

    private final Backends backends;
    private final List<OutboxEntry> waiting = new ArrayList<>();
    /** Ends when the outbox was told, or could not be told, of all that has come so far. */
    private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

    private long begunNanos;
    private final ReentrantLock telling = new ReentrantLock(true);
    private volatile boolean failing;

    Confirmations(Backends backends) {
        this.backends = backends;
    }

    /** Notes entries that were confirmed; does not wait. */
    synchronized void add(List<OutboxEntry> confirmed) {
        if (confirmed.isEmpty()) {
            return;
        }
        if (waiting.isEmpty()) {
            told = new CompletableFuture<>();
        }
        if (waiting.isEmpty() || System.nanoTime() - begunNanos > LOST.toNanos()) {
            begunNanos = System.nanoTime();
            backends.fanOut().beginAfter(MOMENT, this::tellAll);
        }
        waiting.addAll(confirmed);
    }

    /**
     * Waits until the outbox was told of all that has come so far: a question about what is pending should not name what
     * is confirmed.
     *
     * @param patience how long at most: whoever only reads must not wait for those who write
     * @return whether the outbox was told, or could not be told
     */
    boolean await(Duration patience) {
        CompletableFuture<Void> all;
        synchronized (this) {
            all = told;
            if (!waiting.isEmpty()) {
                backends.fanOut().beginAfter(Duration.ZERO, this::tellAll);
            }
        }
        try {
            all.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller finds out when it goes on
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void tellAll() {
        telling.lock(); // what comes first is told first
        try {
            List<OutboxEntry> confirmed;
            CompletableFuture<Void> end;
            synchronized (this) {
                confirmed = List.copyOf(waiting);
                waiting.clear();
                end = told;
            }
            try {
                for (int from = 0; from < confirmed.size(); from += AT_ONCE) {
                    tell(confirmed.subList(from, Math.min(confirmed.size(), from + AT_ONCE)));
                }
            } finally {
                end.complete(null);
            }
        } finally {
            telling.unlock();
        }
    }

    private void tell(List<OutboxEntry> confirmed) {
        try {
            backends.store().outbox().acknowledge(confirmed);
            failing = false;
        } catch (BackendException e) {
            // One warning, however many fail: all of them meet the same failure, for example when the server ends.
            LOG.atLevel(failing ? Level.DEBUG : Level.WARN)
                    .log("the outbox does not learn of a delivery, which is repeated later: {}", e.describe());
            failing = true;
        } catch (RuntimeException | Error e) {
            LOG.error("the outbox does not learn of a delivery, which is repeated later; please report it", e);
        }
    }
}
