package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session with a server that may come and go. Nothing happens before somebody asks for a session; then it is
 * opened on a thread of its own and everybody who asks waits for it. After failures in a row nobody tries, and all are
 * refused at once, until a pause is over that grows with each failure. Thread-safe.
 *
 * @param <S> the kind of session
 */
public final class Connection<S extends Connection.Session> implements AutoCloseable {

    /** A server that answers, for a while. */
    public interface Session extends AutoCloseable {

        /** Completes with the reason when the server is gone. */
        CompletionStage<BackendException> ended();

        /** Whether it ever answered a call: if not, its end counts as one more failed try. */
        boolean proven();

        /** Lets go of it and waits until that is done; a second call waits for the first. */
        @Override
        void close();
    }

    /** Opens a session, which may take its time; throws a {@link BackendException} when it cannot. */
    @FunctionalInterface
    public interface Opener<S> {
        S open();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final String name;
    private final Opener<S> opener;
    private final Backoff backoff;
    private final LongSupplier nanoTime;

    private @Nullable CompletableFuture<S> current;
    private @Nullable Session previous;
    private @Nullable Thread opening;
    private long openingSince;
    private @Nullable BackendException lastFailure;
    private int failures;
    private long nextTry;
    private boolean closed;

    public Connection(String name, Opener<S> opener, Backoff backoff, LongSupplier nanoTime) {
        this.name = name;
        this.opener = opener;
        this.backoff = backoff;
        this.nanoTime = nanoTime;
    }

    /**
     * The session, opened if need be.
     *
     * @param evenInPause whether to try although the pause after a failure is not over
     */
    public S session(boolean evenInPause) {
        CompletableFuture<S> awaited;
        synchronized (this) {
            if (closed) {
                throw UpstreamFailures.closed();
            }
            if (current == null) {
                if (!evenInPause) {
                    refuseInPause();
                }
                CompletableFuture<S> next = new CompletableFuture<>();
                current = next;
                openingSince = nanoTime.getAsLong();
                opening = Daemon.start("upstream " + name + " connect", () -> open(next));
            }
            awaited = current;
        }
        try {
            return awaited.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UpstreamFailures.interrupted("the connection");
        } catch (ExecutionException e) {
            throw UpstreamFailures.of(e);
        }
    }

    /** How long a session is being opened already; null when none is. */
    public synchronized @Nullable Duration opening() {
        return opening == null ? null : Duration.ofNanos(nanoTime.getAsLong() - openingSince);
    }

    @Override
    public void close() {
        Thread opener;
        CompletableFuture<S> last;
        synchronized (this) {
            closed = true;
            opener = opening;
            last = current;
        }
        if (opener != null) {
            opener.interrupt();
            join(opener);
        }
        if (last != null && last.isDone() && !last.isCompletedExceptionally()) {
            last.join().close();
        }
        Session gone = previous();
        if (gone != null) {
            gone.close();
        }
    }

    private void open(CompletableFuture<S> next) {
        try {
            Session gone = previous();
            if (gone != null) {
                gone.close(); // two processes on the same data would be one too many
            }
            S session = opener.open();
            opened(session);
            session.ended().thenAccept(reason -> lost(next, session, reason));
            next.complete(session);
        } catch (RuntimeException | Error e) {
            BackendException failure = failed(next, noConnection(UpstreamFailures.of(e)));
            next.completeExceptionally(failure);
        }
    }

    /** Whatever is wrong with the server, or with how it is configured, says nothing about the call that waits for it. */
    private static BackendException noConnection(BackendException failure) {
        return failure.kind().retryable() || failure.kind() == Kind.MISCONFIGURED
                ? failure
                : new BackendException(Kind.UNAVAILABLE, String.valueOf(failure.getMessage()), failure.hint(), failure);
    }

    private void opened(S session) {
        boolean late;
        synchronized (this) {
            previous = session;
            opening = null;
            late = closed;
        }
        if (late) {
            session.close();
            throw UpstreamFailures.closed();
        }
        LOG.info("{}: connected", name);
    }

    private void lost(CompletableFuture<S> next, S session, BackendException reason) {
        synchronized (this) {
            if (session.proven()) {
                failures = 0;
                forget(next);
            } else {
                failed(next, reason);
            }
        }
        LOG.info("{}: disconnected: {}", name, reason.describe());
    }

    private synchronized BackendException failed(CompletableFuture<S> next, BackendException failure) {
        failures++;
        lastFailure = failure;
        nextTry = nanoTime.getAsLong() + backoff.after(failures).toNanos();
        forget(next);
        return closed ? UpstreamFailures.closed() : failure;
    }

    private synchronized void forget(CompletableFuture<S> next) {
        if (current == next) {
            current = null;
            opening = null;
        }
    }

    private void refuseInPause() {
        BackendException last = lastFailure;
        Duration left = Duration.ofNanos(nextTry - nanoTime.getAsLong());
        if (failures > 0 && last != null && !left.isNegative() && !left.isZero()) {
            String message = last.getMessage() + "; next try in " + left.toMillis() + " ms";
            Kind kind = last.kind() == Kind.MISCONFIGURED ? last.kind() : Kind.UNAVAILABLE;
            throw new BackendException(kind, message, last.hint(), last);
        }
    }

    private synchronized @Nullable Session previous() {
        return previous;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
