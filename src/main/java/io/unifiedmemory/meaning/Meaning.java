package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model of this process. It is loaded when the first search could use it, beside that search, and asked on threads of
 * its own: a model that is slow, hangs or fails costs a search its patience at most, and then no search asks it for a while.
 * Thread-safe.
 */
public final class Meaning implements QueryVectors, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Meaning.class);

    /** Searches that ask at the same time; more would only wait for each other. */
    private static final int MOST_AT_ONCE = 4;

    private static final int IDLE_SECONDS = 30;

    /** How long a model that failed is left alone. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

    /** Where the model is. */
    public enum State {
        /** None is installed. */
        ABSENT,
        /** Nobody needed it yet. */
        UNUSED,
        LOADING,
        READY,
        /** It failed, and is tried again after a while. */
        FAILED
    }

    private final ModelSource source;
    private final Duration patience;
    private final ThreadPoolExecutor threads;
    private @Nullable EmbeddingModel model;
    private boolean loading;
    private boolean closed;
    private volatile @Nullable String trouble;
    private volatile long failedNanos;
    private volatile @Nullable Last last;

    /** The last query, which a search may need again for its next page. */
    private record Last(String query, QueryVector vector) {}

    /** @param patience how long a search waits for the meaning of its query */
    public Meaning(ModelSource source, Duration patience) {
        this.source = source;
        this.patience = patience;
        threads = new ThreadPoolExecutor(
                0,
                MOST_AT_ONCE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> Daemon.create("meaning", work));
    }

    @Override
    public @Nullable QueryVector of(String query) {
        Last before = last;
        if (before != null && before.query.equals(query)) {
            return before.vector;
        }
        if (rests() || !source.isThere()) {
            return null;
        }
        try {
            EmbeddingModel ready = readyModel();
            if (ready == null) {
                return null;
            }
            Future<float[]> asked = threads.submit(() -> ready.ofQuery(query));
            QueryVector vector = new QueryVector(ready.name(), asked.get(patience.toNanos(), TimeUnit.NANOSECONDS));
            last = new Last(query, vector);
            return vector;
        } catch (RejectedExecutionException e) {
            LOG.debug("the model is busy", e);
        } catch (TimeoutException e) {
            failed("the model took longer than " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            failed("the model failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("interrupted").initCause(e);
        }
        return null;
    }

    private boolean rests() {
        return trouble != null && System.nanoTime() - failedNanos < PAUSE_AFTER_FAILURE.toNanos();
    }

    private void failed(String why, Exception e) {
        if (trouble == null) {
            LOG.warn("searches go by words alone for a while: {}", why);
        }
        LOG.debug("the model failed", e);
        failedNanos = System.nanoTime();
        trouble = why;
    }

    /** The model; null while it is being loaded, which begins now if need be. */
    private synchronized @Nullable EmbeddingModel readyModel() {
        if (model == null && !loading && !closed) {
            loading = true;
            threads.execute(this::loadBeside);
        }
        return model;
    }

    private void loadBeside() {
        try {
            await();
        } catch (ModelException e) {
            LOG.debug("told where it failed", e);
        }
    }

    /**
     * The model, loaded if need be.
     *
     * @throws ModelException when it cannot be loaded
     */
    EmbeddingModel await() {
        synchronized (this) {
            if (model != null) {
                return model;
            }
            loading = true;
        }
        try {
            EmbeddingModel loaded = load();
            trouble = null;
            return loaded;
        } catch (ModelException e) {
            failed(String.valueOf(e.getMessage()), e);
            throw e;
        } finally {
            synchronized (this) {
                loading = false;
            }
        }
    }

    /** One at a time: both the background and a search may need it first. */
    private EmbeddingModel load() {
        synchronized (source) {
            synchronized (this) {
                if (model != null) {
                    return model;
                }
            }
            EmbeddingModel loaded = source.load();
            synchronized (this) {
                if (closed) {
                    loaded.close();
                    throw new ModelException("the program ends");
                }
                model = loaded;
                return loaded;
            }
        }
    }

    /** Where the model is now. */
    public synchronized State state() {
        if (rests()) {
            return State.FAILED;
        }
        if (model != null) {
            return State.READY;
        }
        return loading ? State.LOADING : source.isThere() ? State.UNUSED : State.ABSENT;
    }

    /** What is the matter with the model; null when nothing is known to be. */
    public @Nullable String trouble() {
        return rests() ? trouble : null;
    }

    /** The name of the model. */
    public String model() {
        return source.model();
    }

    /** Whether there is a model, loaded or not. */
    boolean isThere() {
        return source.isThere();
    }

    /** The model is not unloaded while a call may be in it: the end of the process does that. */
    @Override
    public synchronized void close() {
        closed = true;
        threads.shutdownNow();
    }
}
