package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * A server over HTTP, by one of the SDK's transports. Failures that the transport would keep to itself, or answer by a
 * new session of its own, end the link instead: a new session is the {@link Connection}'s business.
 */
public final class HttpTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(HttpTransport.class);
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final McpClientTransport transport;
    private final CompletableFuture<BackendException> broken;
    private final Redaction redaction;
    /** The transport tells some failures a second time, which Reactor would log as errors. */
    private final Context quiet;

    private boolean closed;

    private HttpTransport(
            McpClientTransport transport, CompletableFuture<BackendException> broken, Redaction redaction) {
        this.transport = transport;
        this.broken = broken;
        this.redaction = redaction;
        this.quiet = Context.of("reactor.onErrorDropped.local", (Consumer<Throwable>) failure ->
                LOG.debug("told already: {}", redaction.failure(failure).describe()));
        transport.setExceptionHandler(this::failed);
    }

    /** A link over Streamable HTTP; touches nothing yet. */
    public static HttpTransport streamable(ServerAddress.Http to, HttpClient client, McpJsonMapper mapper) {
        return new HttpTransport(
                HttpClientStreamableHttpTransport.builder(origin(to.url()))
                        .endpoint(to.url().toString())
                        .clientBuilder(HttpClients.builderOf(new LabelReader(client)))
                        .jsonMapper(mapper)
                        .maxResponseSize(MAX_MESSAGE_BYTES)
                        .resumableStreams(false)
                        .addAsyncHttpRequestCustomizer((request, method, uri, body, context) -> {
                            // No server may start a conversation here, so no stream for it is opened.
                            return method.equals("GET")
                                    ? Mono.empty()
                                    : Mono.just(AloneHeaders.add(context, with(to.headers(), request)));
                        })
                        .build(),
                new CompletableFuture<>(),
                Redaction.of(to));
    }

    /** A link over HTTP with server-sent events; touches nothing yet. */
    @SuppressWarnings("deprecation") // the transport is, but servers that speak nothing else are not gone
    public static HttpTransport sse(ServerAddress.Sse to, HttpClient client, McpJsonMapper mapper) {
        CompletableFuture<BackendException> broken = new CompletableFuture<>();
        SseEndpoint endpoint = new SseEndpoint();
        Redaction redaction = Redaction.of(to);
        return new HttpTransport(
                HttpClientSseClientTransport.builder(origin(to.url()))
                        .sseEndpoint(to.url().toString())
                        .clientBuilder(HttpClients.builderOf(HttpClients.noticingEndOfStreams(
                                client, endpoint::comesFrom, failure -> broken.complete(redaction.failure(failure)))))
                        .jsonMapper(mapper)
                        .maxResponseSize(MAX_MESSAGE_BYTES)
                        .messageEndpointValidator(endpoint::announced)
                        .addHttpRequestCustomizer((request, method, uri, body, context) ->
                                endpoint.address(with(to.headers(), request), method))
                        .build(),
                broken,
                redaction);
    }

    @Override
    public CompletableFuture<BackendException> broken() {
        return broken;
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        return transport
                .connect(handler)
                .onErrorResume(failure -> {
                    broken.complete(redaction.failure(failure));
                    return Mono.empty();
                })
                .contextWrite(quiet);
    }

    @Override
    public void setExceptionHandler(Consumer<Throwable> handler) {
        // The SDK's handler would start a session of its own.
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return Mono.defer(() -> {
            BackendException reason = broken.getNow(null);
            return reason != null
                    ? Mono.error(UpstreamFailures.again(reason))
                    : transport.sendMessage(message).doOnError(this::failed);
        });
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> typeRef) {
        return transport.unmarshalFrom(data, typeRef);
    }

    @Override
    public List<String> protocolVersions() {
        return transport.protocolVersions();
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    @Override
    public synchronized void close() {
        broken.complete(UpstreamFailures.closed());
        if (!closed) {
            closed = true;
            try {
                transport.closeGracefully().block(FAREWELL);
            } catch (RuntimeException e) {
                LOG.debug(
                        "the server did not take leave: {}",
                        redaction.failure(e).describe());
            }
        }
    }

    private void failed(Throwable failure) {
        if (!UpstreamFailures.concernsOneRequest(failure)) {
            broken.complete(redaction.failure(failure));
        }
    }

    private static HttpRequest.Builder with(Map<String, String> headers, HttpRequest.Builder request) {
        headers.forEach(request::setHeader);
        return request;
    }

    /** Scheme and authority: resolving a whole URL against it gives that URL, path and query untouched. */
    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }
}
