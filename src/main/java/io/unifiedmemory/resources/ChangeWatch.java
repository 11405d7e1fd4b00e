package io.unifiedmemory.resources;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.unified.reads.KnownHere;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices changes of single memories, whoever makes them: other processes write to the same store of record without a
 * word to this one, so the watched memories are read again at an interval. While nothing is watched, nothing runs.
 * Thread-safe.
 */
final class ChangeWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeWatch.class);

    /** How soon a change is noticed at the latest. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** The most watches of all clients together: all of them are looked at within an interval. */
    private static final int MOST = 5_000;

    /** Runs a task once, after a delay. */
    @FunctionalInterface
    interface Scheduler {
        void after(Duration delay, Runnable task);
    }

    /** One memory that somebody watches. */
    static final class Watched {
        private final MemoryUri memory;
        private final Runnable onChange;
        private @Nullable HlcTimestamp seen;

        Watched(MemoryUri memory, @Nullable HlcTimestamp seen, Runnable onChange) {
            this.memory = memory;
            this.seen = seen;
            this.onChange = onChange;
        }
    }

    private final KnownHere store;
    private final Scheduler scheduler;
    private final Set<Watched> all = new LinkedHashSet<>();
    private boolean scheduled;

    ChangeWatch(KnownHere store, Scheduler scheduler) {
        this.store = store;
        this.scheduler = scheduler;
    }

    /** A watch with a thread of its own, which ends while there is nothing to do. */
    static ChangeWatch of(KnownHere store) {
        return new ChangeWatch(store, new OwnThread());
    }

    /**
     * Watches a memory until {@link #end}; throws a {@link ToolFailure} when the store cannot be read, or too much is
     * watched already.
     */
    Watched begin(MemoryUri memory, Runnable onChange) {
        Watched watched;
        try {
            watched = new Watched(memory, version(memory), onChange);
        } catch (BackendException e) {
            throw new ToolFailure(e.kind(), "the memory cannot be watched now, try again later");
        }
        synchronized (this) {
            if (all.size() >= MOST) {
                throw new ToolFailure(
                        Kind.OVERLOADED,
                        "all clients together watch " + MOST + " resources, which is the most there may be");
            }
            all.add(watched);
            if (!scheduled) {
                scheduled = true;
                scheduler.after(INTERVAL, this::look);
            }
        }
        return watched;
    }

    synchronized void end(Watched watched) {
        all.remove(watched);
    }

    private void look() {
        try {
            Map<MemoryUri, List<Watched>> byMemory = new LinkedHashMap<>();
            current()
                    .forEach(watched -> byMemory.computeIfAbsent(watched.memory, memory -> new ArrayList<>())
                            .add(watched));
            byMemory.forEach(this::look);
        } finally {
            synchronized (this) {
                scheduled = !all.isEmpty();
                if (scheduled) {
                    scheduler.after(INTERVAL, this::look);
                }
            }
        }
    }

    private void look(MemoryUri memory, List<Watched> watchers) {
        try {
            HlcTimestamp now = version(memory);
            watchers.forEach(watched -> tell(watched, now));
        } catch (BackendException e) {
            LOG.debug("a watched memory cannot be read, the next look will tell: {}", e.getMessage());
        }
    }

    private void tell(Watched watched, @Nullable HlcTimestamp now) {
        try {
            if (changed(watched, now)) {
                watched.onChange.run();
            }
        } catch (RuntimeException e) {
            LOG.warn("a client could not be told of a change", e);
        }
    }

    private synchronized List<Watched> current() {
        return List.copyOf(all);
    }

    /** Whether a memory that is still watched is not as it was. */
    private synchronized boolean changed(Watched watched, @Nullable HlcTimestamp now) {
        boolean same = watched.seen == null ? now == null : watched.seen.equals(now);
        watched.seen = now;
        return !same && all.contains(watched);
    }

    /** The version of the memory as it is now; null when there is none. */
    private @Nullable HlcTimestamp version(MemoryUri memory) {
        for (String key : Names.forms(memory.key())) {
            MemoryEntry entry = store.find(memory.userId(), key);
            if (entry != null) {
                return entry.version();
            }
        }
        return null;
    }

    @Override
    public synchronized void close() {
        all.clear();
    }

    /** A thread that starts with the first task and ends when there has been none for a while. Used under a lock. */
    private static final class OwnThread implements Scheduler {

        private @Nullable ScheduledThreadPoolExecutor executor;

        @Override
        public void after(Duration delay, Runnable task) {
            ScheduledThreadPoolExecutor runner = executor;
            if (runner == null) {
                runner = new ScheduledThreadPoolExecutor(1, work -> Daemon.create("resource-watch", work));
                runner.setKeepAliveTime(2 * INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                runner.allowCoreThreadTimeOut(true);
                executor = runner;
            }
            Future<?> unused = runner.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
