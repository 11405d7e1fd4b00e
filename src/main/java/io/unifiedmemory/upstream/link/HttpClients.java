package io.unifiedmemory.upstream.link;

import java.io.EOFException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** HTTP clients as the SDK's transports need them. */
public final class HttpClients {

    private HttpClients() {}

    /** A client whose threads are daemons, and that minds what a {@link PoliteClient} does. */
    public static HttpClient create(Duration connectTimeout) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                // It would send headers with secrets to whomever a server names.
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .build();
        return new PoliteClient(client, System::nanoTime, Clock.systemUTC());
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

    /**
     * The client, telling from where the answer to a GET comes, which is an endless stream of events, and when it ends after
     * all.
     */
    static HttpClient noticingEndOfStreams(HttpClient client, Consumer<URI> whenBegun, Consumer<Throwable> whenEnded) {
        return new StreamClient(client, whenBegun, whenEnded);
    }

    private static final class StreamClient extends ForwardingClient {
        private final Consumer<URI> whenBegun;
        private final Consumer<Throwable> whenEnded;

        StreamClient(HttpClient client, Consumer<URI> whenBegun, Consumer<Throwable> whenEnded) {
            super(client);
            this.whenBegun = whenBegun;
            this.whenEnded = whenEnded;
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
            BodyHandler<T> noticing = info -> info.statusCode() / 100 == 2
                    ? new StreamSubscriber<>(handler.apply(info), whenEnded)
                    : handler.apply(info);
            return request.method().equals("GET")
                    ? super.sendAsync(request, noticing).whenComplete((response, failure) -> {
                        if (response != null) {
                            whenBegun.accept(response.uri());
                        }
                    })
                    : super.sendAsync(request, handler);
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
