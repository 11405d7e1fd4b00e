package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.ByteBudget;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who sent a request, and passes it on when its whole body is there, so that a client that sends slowly holds
 * no thread. The memory that the bodies of all requests together, and those of one principal, may take is bounded. A
 * body that stops coming, or trickles, is given up with its connection. The body of a request that will be refused is
 * not kept: whatever refuses it needs none of it.
 */
public final class WholeBody extends Handler.Wrapper {

    private static final Logger LOG = LoggerFactory.getLogger(WholeBody.class);

    /** A body of at most this size is always taken: connections are bounded too. */
    private static final int SMALL = 64 * 1024;

    /** The least speed at which a body has to come. */
    private static final int SLOWEST_BYTES_PER_SECOND = 64 * 1024;

    /** The first buffer for a body of unannounced length, in bytes. */
    private static final int FIRST_PART = 4 * 1024;

    private static final byte[] NOTHING = {};

    /** The attribute of a request that holds its body. */
    private static final String ATTRIBUTE = "io.unifiedmemory.http.body";

    private final int maxBytes;
    private final Duration patience;
    private final ByteBudget budget;
    private final AccessPolicy access;

    /**
     * @param access says who sent a request, which is noted here
     * @param patience how long the smallest body may take
     * @param budget for the bodies of all requests
     */
    public WholeBody(AccessPolicy access, int maxBytes, Duration patience, ByteBudget budget, Handler next) {
        super(next);
        this.access = access;
        this.budget = budget;
        this.maxBytes = maxBytes;
        this.patience = patience;
    }

    /** The body of a request that was passed on; empty for one without. There is no other way to read it: it was read here. */
    public static byte[] of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof byte[] body ? body : NOTHING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Sender sender = access.sender(PageRequests.authorizations(request));
        request.setAttribute(Sender.ATTRIBUTE, sender);
        boolean keep = sender.isWelcome();
        boolean framed = request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        if (!framed) {
            return super.handle(request, response, callback);
        }
        boolean announced = request.getLength() >= 0;
        long length = announced ? request.getLength() : maxBytes;
        if (length > maxBytes) {
            refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, request, response, callback);
            return true;
        }
        if (!keep && length > SMALL) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            return super.handle(request, response, callback);
        }
        Share share = new Share(sender.owner());
        if (announced && !share.grow(length)) {
            refuse(HttpStatus.SERVICE_UNAVAILABLE_503, request, response, callback);
            return true;
        }
        Callback release = Callback.from(callback, share::end);
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        if (keep && announced) {
            Content.Source.asByteArrayAsync(request, maxBytes, Promise.Invocable.toPromise(body));
        } else if (keep) {
            new Unannounced(request, share, body).run();
        } else {
            // Read all the same: a connection that is closed with bytes unread loses its answer.
            Content.Source.consumeAll(
                    request, Callback.from(() -> body.complete(NOTHING), body::completeExceptionally));
        }
        if (body.isDone() && !body.isCompletedExceptionally()) {
            request.setAttribute(ATTRIBUTE, body.join());
            return super.handle(request, response, release);
        }
        Scheduler.Task deadline = giveUpLater(request, length, body);
        CompletableFuture<Void> unused = body.handle((bytes, failure) -> {
            deadline.cancel();
            request.getContext().execute(() -> resume(bytes, failure, request, response, release));
            return null;
        });
        return true;
    }

    /**
     * Needed beside the container's idle timeout, which begins anew with each byte and sometimes misses a connection.
     */
    private Scheduler.Task giveUpLater(Request request, long length, CompletableFuture<byte[]> body) {
        EndPoint client = request.getConnectionMetaData().getConnection().getEndPoint();
        Duration allowed = patience.plusSeconds(length / SLOWEST_BYTES_PER_SECOND);
        Runnable giveUp = () -> {
            if (body.completeExceptionally(new TimeoutException("not there after " + allowed.toSeconds() + " s"))) {
                client.close();
            }
        };
        return request.getComponents().getScheduler().schedule(giveUp, allowed.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void resume(
            byte @Nullable [] body,
            @Nullable Throwable failure,
            Request request,
            Response response,
            Callback callback) {
        if (failure != null || body == null) {
            LOG.debug("the body of a request did not come: {}", String.valueOf(failure));
            refuse(status(failure), request, response, callback);
            return;
        }
        try {
            request.setAttribute(ATTRIBUTE, body);
            if (!super.handle(request, response, callback)) {
                refuse(HttpStatus.NOT_FOUND_404, request, response, callback);
            }
        } catch (Exception e) {
            Response.writeError(request, response, callback, e);
        }
    }

    private static int status(@Nullable Throwable failure) {
        if (failure instanceof NoShareException) {
            return HttpStatus.SERVICE_UNAVAILABLE_503;
        }
        return failure instanceof IllegalStateException
                ? HttpStatus.PAYLOAD_TOO_LARGE_413
                : HttpStatus.REQUEST_TIMEOUT_408;
    }

    private static void refuse(int status, Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.CONNECTION, "close");
        Response.writeError(request, response, callback, status);
    }

    /** The part of the budget that one body takes: nothing while the body is small, then as much as is held of it. */
    private final class Share {

        private final @Nullable String owner;
        private long counted;
        private boolean ended;

        Share(@Nullable String owner) {
            this.owner = owner;
        }

        /** Whether this much of the body may be held; false when the body was given up meanwhile. */
        synchronized boolean grow(long bytes) {
            long more = bytes <= SMALL ? 0 : bytes - counted;
            if (ended || (more > 0 && !budget.take(owner, more))) {
                return false;
            }
            counted += more;
            return true;
        }

        synchronized void end() {
            ended = true;
            if (counted > 0) {
                budget.give(owner, counted);
                counted = 0;
            }
        }
    }

    /** The budget has no room for this body. */
    private static final class NoShareException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** Reads a body of unannounced length, which is counted as it comes. */
    private final class Unannounced implements Runnable {

        private final Request request;
        private final Share share;
        private final CompletableFuture<byte[]> body;
        private byte[] bytes = new byte[FIRST_PART];
        private int length;

        Unannounced(Request request, Share share, CompletableFuture<byte[]> body) {
            this.request = request;
            this.share = share;
            this.body = body;
        }

        /** Reads what has arrived; the container calls again when there is more. */
        @Override
        public void run() {
            while (!body.isDone()) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    body.completeExceptionally(chunk.getFailure());
                    return;
                }
                take(chunk);
            }
        }

        private void take(Content.Chunk chunk) {
            try {
                int more = chunk.remaining();
                if (length + more > maxBytes) {
                    body.completeExceptionally(new IllegalStateException("larger than " + maxBytes + " bytes"));
                } else if (!hasRoomFor(more)) {
                    body.completeExceptionally(new NoShareException());
                } else {
                    length += chunk.get(bytes, length, more);
                    if (chunk.isLast()) {
                        body.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
                    }
                }
            } finally {
                chunk.release();
            }
        }

        private boolean hasRoomFor(int more) {
            if (length + more <= bytes.length) {
                return true;
            }
            // A power of two, so that what a body counts depends on its length, not on how it came.
            int room = Math.min(Integer.highestOneBit(length + more - 1) << 1, maxBytes);
            if (!share.grow(room)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, room);
            return true;
        }
    }
}
