package io.unifiedmemory.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** HTTP clients as the SDK's transports need them. */
final class HttpClients {

    private HttpClients() {}

    /** A client whose threads are daemons and that follows no redirect: headers with secrets would go along. */
    static HttpClient create(Duration connectTimeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
    }

    /**
     * A builder that always builds the given client. A transport takes nothing but a builder, and a client of its own for
     * every connection would leave a thread behind until it is garbage.
     */
    static HttpClient.Builder builderOf(HttpClient client) {
        return (HttpClient.Builder) Proxy.newProxyInstance(
                HttpClients.class.getClassLoader(),
                new Class<?>[] {HttpClient.Builder.class},
                (proxy, method, args) -> method.getName().equals("build") ? client : proxy);
    }

    /** The client, telling when the answer to a GET, which is an endless stream of events, ends after all. */
    static HttpClient noticingEndOfStreams(HttpClient client, Consumer<Throwable> whenEnded) {
        return new StreamClient(client, whenEnded);
    }

    private static final class StreamClient extends HttpClient {
        private final HttpClient client;
        private final Consumer<Throwable> whenEnded;

        StreamClient(HttpClient client, Consumer<Throwable> whenEnded) {
            this.client = client;
            this.whenEnded = whenEnded;
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
            BodyHandler<T> noticing = info -> info.statusCode() / 100 == 2
                    ? new StreamSubscriber<>(handler.apply(info), whenEnded)
                    : handler.apply(info);
            return client.sendAsync(request, request.method().equals("GET") ? noticing : handler);
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushPromiseHandler) {
            return client.sendAsync(request, handler, pushPromiseHandler);
        }

        @Override
        public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
                throws IOException, InterruptedException {
            return client.send(request, handler);
        }

        @Override
        public Optional<CookieHandler> cookieHandler() {
            return client.cookieHandler();
        }

        @Override
        public Optional<Duration> connectTimeout() {
            return client.connectTimeout();
        }

        @Override
        public Redirect followRedirects() {
            return client.followRedirects();
        }

        @Override
        public Optional<ProxySelector> proxy() {
            return client.proxy();
        }

        @Override
        public SSLContext sslContext() {
            return client.sslContext();
        }

        @Override
        public SSLParameters sslParameters() {
            return client.sslParameters();
        }

        @Override
        public Optional<Authenticator> authenticator() {
            return client.authenticator();
        }

        @Override
        public Version version() {
            return client.version();
        }

        @Override
        public Optional<Executor> executor() {
            return client.executor();
        }
    }

    private record StreamSubscriber<T>(BodySubscriber<T> subscriber, Consumer<Throwable> whenEnded)
            implements BodySubscriber<T> {

        @Override
        public CompletionStage<T> getBody() {
            return subscriber.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriber.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            subscriber.onNext(buffers);
        }

        @Override
        public void onError(Throwable failure) {
            whenEnded.accept(failure);
            subscriber.onError(failure);
        }

        @Override
        public void onComplete() {
            whenEnded.accept(new EOFException("the stream of events ended"));
            subscriber.onComplete();
        }
    }
}
