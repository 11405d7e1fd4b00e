package io.unifiedmemory.upstream.link;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Looks at how the body of an answer begins, behind a byte order mark and blanks, before anybody reads it; then passes all on
 * to another subscriber, without that mark. Its body is there when the beginning is. Thread-safe.
 *
 * @param <T> what the other subscriber makes of it
 */
final class BodyStart<T> implements BodySubscriber<T> {

    /** As many characters as tell an event from JSON. */
    private static final int ENOUGH = 6;

    private static final int MAX_BLANKS = 1 << 16;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final BodySubscriber<T> reader;
    private final CompletableFuture<T> body = new CompletableFuture<>();
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private volatile Flow.@Nullable Subscription source;
    private byte[] firstBytes = {};
    private volatile boolean handedOver;
    /** What was read ahead and the reader has not asked for yet. */
    private @Nullable List<ByteBuffer> readAhead;

    private boolean ended;
    private @Nullable Throwable failure;

    BodyStart(BodySubscriber<T> reader) {
        this.reader = reader;
    }

    /** The first characters that are no blanks; empty when there are none. Known once there is a body. */
    synchronized byte[] firstBytes() {
        return firstBytes.clone();
    }

    /** Lets go of the rest: nobody is going to read it. */
    void cancel() {
        Flow.Subscription from = source;
        if (from != null) {
            from.cancel();
        }
    }

    @Override
    public CompletionStage<T> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = subscription;
        subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (handedOver) {
            reader.onNext(buffers);
            return;
        }
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            start.writeBytes(bytes);
        }
        Flow.Subscription from = source;
        if (from != null && isEnough(start.toByteArray(), false)) {
            handOver(from);
        } else if (from != null) {
            from.request(1);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        end(thrown);
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(@Nullable Throwable thrown) {
        synchronized (this) {
            ended = true;
            failure = thrown;
        }
        Flow.Subscription from = source;
        if (!handedOver && from != null) {
            isEnough(start.toByteArray(), true);
            handOver(from);
        }
        finish();
    }

    /** Finds the first bytes; false when more are needed to tell. */
    private synchronized boolean isEnough(byte[] bytes, boolean all) {
        int from = markLength(bytes);
        while (from < bytes.length && isBlank(bytes[from])) {
            from++;
        }
        int length = Math.min(ENOUGH, bytes.length - from);
        boolean json = length > 0 && (bytes[from] == '{' || bytes[from] == '[');
        if (!all && !json && length < ENOUGH && bytes.length < MAX_BLANKS) {
            return false;
        }
        firstBytes = Arrays.copyOfRange(bytes, from, from + length);
        return true;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private static int markLength(byte[] bytes) {
        return bytes.length >= BYTE_ORDER_MARK.length
                        && Arrays.equals(bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)
                ? BYTE_ORDER_MARK.length
                : 0;
    }

    private void handOver(Flow.Subscription from) {
        byte[] bytes = start.toByteArray();
        int mark = markLength(bytes);
        synchronized (this) {
            handedOver = true;
            readAhead = bytes.length == mark
                    ? null
                    : new ArrayList<>(List.of(ByteBuffer.wrap(bytes, mark, bytes.length - mark)
                            .slice()
                            .asReadOnlyBuffer()));
        }
        reader.getBody().whenComplete((made, thrown) -> {
            if (thrown == null) {
                body.complete(made);
            } else {
                body.completeExceptionally(thrown);
            }
        });
        reader.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                List<ByteBuffer> first = takeReadAhead();
                if (first != null) {
                    reader.onNext(first);
                    finish();
                }
                long more = first == null ? n : n == Long.MAX_VALUE ? n : n - 1;
                if (more > 0) {
                    from.request(more);
                }
            }

            @Override
            public void cancel() {
                from.cancel();
            }
        });
    }

    private synchronized @Nullable List<ByteBuffer> takeReadAhead() {
        List<ByteBuffer> taken = readAhead;
        readAhead = null;
        return taken;
    }

    /** Tells the end, once, when the reader has got all that comes before it. */
    private void finish() {
        Throwable thrown;
        synchronized (this) {
            if (!ended || readAhead != null || !handedOver) {
                return;
            }
            ended = false;
            thrown = failure;
        }
        if (thrown == null) {
            reader.onComplete();
        } else {
            reader.onError(thrown);
        }
    }
}
