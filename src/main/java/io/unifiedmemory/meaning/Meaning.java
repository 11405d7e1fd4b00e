package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.search.meaning.QueryMeaning;
import io.unifiedmemory.search.meaning.QueryVector;
import io.unifiedmemory.search.meaning.QueryVectors;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
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

    /** Loading that takes longer hangs. */
    private static final Duration LONGEST_LOADING = Duration.ofMinutes(1);

    private static final String WITHOUT = "This search compared words alone, not meanings: ";

    private final ModelSource source;
    private final Duration patience;
    private final Duration loadPatience;
    private final ThreadPoolExecutor threads;
    private @Nullable FutureTask<EmbeddingModel> loading;
    private long loadingSinceNanos;
    private volatile @Nullable String trouble;
    private volatile long failedNanos;
    private volatile @Nullable Last last;

    /** The last query, which a search may need again for its next page. */
    private record Last(String query, QueryMeaning meaning) {}

    /**
     * The model of a server, whose searches do not wait while it is being loaded.
     *
     * @param patience how long a search waits for the meaning of its query
     */
    public Meaning(ModelSource source, Duration patience) {
        this(source, patience, Duration.ZERO);
    }

    /**
     * The model of a process with one search, which can wait for it.
     *
     * @param loadPatience how long a search waits for the model to be loaded
     */
    public Meaning(ModelSource source, Duration patience, Duration loadPatience) {
        this.source = source;
        this.patience = patience;
        this.loadPatience = loadPatience;
        threads = new ThreadPoolExecutor(
                0,
                MOST_AT_ONCE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> Daemon.create("meaning", work));
    }

    @Override
    public QueryMeaning of(String query) {
        Last before = last;
        if (before != null && before.query.equals(query)) {
            return before.meaning;
        }
        if (!source.isThere()) {
            return QueryMeaning.UNKNOWN;
        }
        if (rests()) {
            return QueryMeaning.unknown(WITHOUT + "the model does not work now; health tells more.");
        }
        try {
            EmbeddingModel ready = ready();
            if (ready == null) {
                return QueryMeaning.unknown(WITHOUT + "the model is still being loaded.");
            }
            Future<float[]> asked = threads.submit(() -> ready.ofQuery(query));
            QueryMeaning meaning =
                    QueryMeaning.of(new QueryVector(ready.name(), asked.get(patience.toNanos(), TimeUnit.NANOSECONDS)));
            last = new Last(query, meaning);
            trouble = null;
            return meaning;
        } catch (RejectedExecutionException e) {
            LOG.debug("the model is busy", e);
            return QueryMeaning.unknown(WITHOUT + "the model is busy.");
        } catch (TimeoutException e) {
            failed(
                    "it took longer than " + patience.toMillis()
                            + " ms for a query (search.meaningPatienceMs gives it longer, where the machine is slow or busy)",
                    e);
            return QueryMeaning.unknown(WITHOUT + "the model took too long.");
        } catch (ExecutionException e) {
            failed(reason(e.getCause()), e);
            return QueryMeaning.unknown(WITHOUT + "the model failed; health tells more.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("interrupted").initCause(e);
        }
    }

    private static String reason(@Nullable Throwable failure) {
        return failure instanceof ModelException told
                ? String.valueOf(told.getMessage())
                : "it failed with " + failure + " (unified-memory model install installs it anew)";
    }

    private boolean rests() {
        return trouble != null && System.nanoTime() - failedNanos < PAUSE_AFTER_FAILURE.toNanos();
    }

    private void failed(String why, Throwable e) {
        if (trouble == null) {
            LOG.warn("searches compare words alone for a while, the model {} does not work: {}", source.model(), why);
        }
        LOG.debug("the model failed", e);
        failedNanos = System.nanoTime();
        trouble = why;
    }

    /** The model; null while it is being loaded. */
    private @Nullable EmbeddingModel ready() throws InterruptedException, ExecutionException {
        try {
            return loading().get(loadPatience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.trace("the model is still being loaded", e);
            return null;
        }
    }

    /** Begins to load the model, unless it is there or on its way. */
    private synchronized FutureTask<EmbeddingModel> loading() {
        FutureTask<EmbeddingModel> begun = loading;
        if (begun == null) {
            begun = new FutureTask<>(this::load);
            loading = begun;
            loadingSinceNanos = System.nanoTime();
            Daemon.start("meaning", begun);
        }
        return begun;
    }

    private EmbeddingModel load() {
        try {
            EmbeddingModel loaded = source.load();
            trouble = null;
            return loaded;
        } catch (RuntimeException | Error e) {
            failed(reason(e), e);
            synchronized (this) {
                loading = null;
            }
            throw e;
        }
    }

    /**
     * The model, once it is loaded, however long that takes.
     *
     * @throws ModelException when it cannot be loaded
     */
    EmbeddingModel await() throws InterruptedException {
        try {
            return loading().get();
        } catch (ExecutionException e) {
            throw new ModelException(reason(e.getCause()), e);
        }
    }

    /** What is the matter with the model and what to do about it, in one line; null when nothing is known to be. */
    public synchronized @Nullable String trouble() {
        if (!source.isThere()) {
            return null;
        }
        boolean hangs = loading != null
                && !loading.isDone()
                && System.nanoTime() - loadingSinceNanos > LONGEST_LOADING.toNanos();
        return hangs ? "it has been loading for more than a minute (start this program anew)" : trouble;
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
    public void close() {
        threads.shutdownNow();
    }
}
