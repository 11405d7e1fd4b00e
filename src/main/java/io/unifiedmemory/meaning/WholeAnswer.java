package io.unifiedmemory.meaning;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests with a deadline for the whole answer. The timeout of a request of Java's client ends with the headers, so
 * that a server which stalls in the body would be waited for without end.
 */
final class WholeAnswer {

    private WholeAnswer() {}

    /**
     * Sends a request, and gives it up when the deadline has passed or the thread is interrupted.
     *
     * @param longest time for the answer with its body
     * @throws HttpTimeoutException when that time has passed
     */
    static <T> HttpResponse<T> of(
            HttpClient client, HttpRequest request, HttpResponse.BodyHandler<T> handler, Duration longest)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
        try {
            return answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw (HttpTimeoutException)
                    new HttpTimeoutException("no whole answer within " + longest.toMillis() + " ms").initCause(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
