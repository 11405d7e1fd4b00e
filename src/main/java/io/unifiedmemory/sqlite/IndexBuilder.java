package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.BackendException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the index of the open file step by step, beside the calls or in one of them. Thread-safe. */
final class IndexBuilder {

    private static final Logger log = LoggerFactory.getLogger(IndexBuilder.class);

    /** Between two steps other writers have their turn. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final SqliteDatabase database;
    private final IndexBuild build;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    IndexBuilder(SqliteDatabase database, IndexBuild build) {
        this.database = database;
        this.build = build;
    }

    /** Starts to build in the background, unless that is going on. */
    void start() {
        if (!closed && running.compareAndSet(false, true)) {
            Thread thread = new Thread(this::runInBackground, "search-index");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void runInBackground() {
        try {
            if (percent() != IndexBuild.COMPLETE) {
                log.info("building the search index of {}", database.path());
                finish(percent -> log.debug("the search index is built to {} percent", percent));
                log.info("the search index of {} is built", database.path());
            }
        } catch (BackendException e) {
            if (!closed) {
                log.warn("the search index stays as it is until the next search: {}", e.describe());
            }
        } finally {
            running.set(false);
        }
    }

    /** Builds the index anew and returns when it is complete; the consumer is told how many percent are done. */
    void rebuild(IntConsumer progress) {
        database.<Integer>write(tx -> {
            build.restart(tx);
            return 0;
        });
        finish(progress);
    }

    private void finish(IntConsumer progress) {
        int told = -1;
        int percent = 0;
        while (percent != IndexBuild.COMPLETE && !closed) {
            percent = database.<Integer>write(build::step);
            if (percent > told) {
                told = percent;
                progress.accept(told);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        while (!closed && database.<Boolean>write(build::tidy)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** How much is done; {@link IndexBuild#COMPLETE} when everything is. */
    int percent() {
        return database.<Integer>read(build::percent);
    }

    /** Ends the building after the step that it is in. */
    void close() {
        closed = true;
    }
}
