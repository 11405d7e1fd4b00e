package io.unifiedmemory.upstream.link;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.util.BuildInfo;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A link over which the SDK's client, which begins with a handshake, also speaks to a server of revision 2026-07-28, whose
 * requests stand alone. Before the handshake the server is asked what it speaks ({@code server/discover}); any answer but
 * that it speaks this revision, and silence, means that it wants the handshake. Serves one session; thread-safe.
 */
public final class EraLink implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(EraLink.class);

    private static final String REVISION = "2026-07-28";
    private static final String PREFIX = "io.modelcontextprotocol/";
    private static final String DISCOVER = "server/discover";
    private static final String PROBE = "what-do-you-speak";

    /** How long a server may think about the question before it is greeted in the old way too. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** What is known of the server on the other side. */
    private enum State {
        /** Nothing was sent. */
        NEW,
        /** It was asked, and has not answered. */
        ASKED,
        /** It was asked, has been silent for long, and was greeted too. */
        ASKED_AND_GREETED,
        /** It is spoken to in a session; the handshake is not answered. */
        GREETED,
        SESSION,
        STATELESS
    }

    private final Transport link;
    private final SpokenEra spoken;
    private final McpJsonMapper mapper;
    private final @Nullable HttpProbe probe;
    private final Executor whenOutOfPatience;
    private @Nullable Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> client;
    private @Nullable JSONRPCRequest handshake;
    private @Nullable JSONRPCResponse refusal;
    private State state = State.NEW;
    /** Whether the question went over the link itself: a server that breaks it may have ended because of that. */
    private boolean asked;

    /** @param whenOutOfPatience runs what is to be done when the server has been silent for long */
    private EraLink(
            Transport link,
            @Nullable HttpProbe probe,
            SpokenEra spoken,
            McpJsonMapper mapper,
            Executor whenOutOfPatience) {
        this.link = link;
        this.probe = probe;
        this.spoken = spoken;
        this.mapper = mapper;
        this.whenOutOfPatience = whenOutOfPatience;
        CompletableFuture<Void> unused = link.broken().thenRun(this::ended);
    }

    /**
     * A link to a process, of which nothing was used.
     *
     * @param spoken what is known of the server from earlier connections
     */
    public static EraLink of(ProcessTransport process, SpokenEra spoken, McpJsonMapper mapper) {
        return of(process, spoken, mapper, patience());
    }

    static EraLink of(ProcessTransport process, SpokenEra spoken, McpJsonMapper mapper, Executor whenOutOfPatience) {
        return new EraLink(process, null, spoken, mapper, whenOutOfPatience);
    }

    /** A link over Streamable HTTP, likewise. */
    public static EraLink streamable(ServerAddress.Http to, HttpClient client, SpokenEra spoken, McpJsonMapper mapper) {
        return new EraLink(
                HttpTransport.streamable(to, client, mapper), new HttpProbe(to, client), spoken, mapper, patience());
    }

    private static Executor patience() {
        return CompletableFuture.delayedExecutor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void ended() {
        HttpProbe asking = probe;
        if (asking != null) {
            asking.cancel();
        }
        doubt();
    }

    /** A link that broke before it was known how to speak to the server: the question may have been why. */
    private synchronized void doubt() {
        if (state == State.NEW || state == State.SESSION || state == State.STATELESS) {
            return;
        }
        if (asked) {
            spoken.shun();
        } else {
            spoken.doubt();
        }
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        client = handler;
        return link.connect(incoming -> incoming.flatMap(this::receive));
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        if (message instanceof JSONRPCRequest request && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            return greet(request);
        }
        if (!isStateless()) {
            return link.sendMessage(message);
        }
        if (message instanceof JSONRPCRequest request) {
            return sendAlone(request);
        }
        boolean ofHandshake = message instanceof JSONRPCNotification notification
                && notification.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED);
        return ofHandshake ? Mono.empty() : link.sendMessage(message);
    }

    private Mono<Void> greet(JSONRPCRequest request) {
        synchronized (this) {
            handshake = request;
            if (!spoken.isToBeAsked()) {
                state = State.GREETED;
                return link.sendMessage(request);
            }
            state = State.ASKED;
            asked = probe == null;
        }
        whenOutOfPatience.execute(this::greetTheSilent);
        HttpProbe beside = probe;
        if (beside == null) {
            return sendAlone(new JSONRPCRequest(DISCOVER, PROBE, Map.of()));
        }
        JSONRPCRequest question = new JSONRPCRequest(DISCOVER, PROBE, aloneParams(Map.of()));
        return Mono.fromCallable(() -> mapper.writeValueAsString(question))
                .flatMap(json -> Mono.fromFuture(beside.ask(AloneHeaders.of(REVISION, DISCOVER, null), json)))
                .onErrorResume(failure -> {
                    LOG.debug("the server does not answer {}: {}", DISCOVER, failure.getMessage());
                    return Mono.just(Map.of());
                })
                .flatMap(answer -> receive(JSONRPCResponse.result(
                        PROBE, answer.get("result") instanceof Map<?, ?> result ? result : Map.of())))
                .then();
    }

    /** Whichever answer comes first tells. */
    private void greetTheSilent() {
        JSONRPCRequest greeting;
        synchronized (this) {
            if (state != State.ASKED || link.broken().isDone()) {
                return;
            }
            state = State.ASKED_AND_GREETED;
            greeting = Objects.requireNonNull(handshake);
        }
        send(link.sendMessage(greeting));
    }

    /** The server does not say that requests stand alone. */
    private void sendGreeting() {
        if (link.broken().isDone()) {
            return;
        }
        JSONRPCRequest greeting = null;
        JSONRPCResponse refused = null;
        synchronized (this) {
            if (state == State.ASKED_AND_GREETED) {
                refused = refusal;
            } else if (state == State.ASKED) {
                greeting = handshake;
            }
            if (refused != null || greeting != null || state == State.ASKED_AND_GREETED) {
                state = State.GREETED;
            }
        }
        if (greeting != null) {
            send(link.sendMessage(greeting));
        } else if (refused != null) {
            send(receive(refused).then());
        }
    }

    private synchronized boolean isStateless() {
        return state == State.STATELESS;
    }

    /** A request with all that one that stands alone has to say, in its {@code _meta} and for the headers of HTTP. */
    private Mono<Void> sendAlone(JSONRPCRequest request) {
        boolean ping = request.method().equals(McpSchema.METHOD_PING);
        String method = ping ? DISCOVER : request.method();
        Map<String, Object> params = aloneParams(params(request.params()));
        McpTransportContext headers = McpTransportContext.create(
                Map.of(AloneHeaders.KEY, AloneHeaders.of(REVISION, method, params.get("name"))));
        return link.sendMessage(new JSONRPCRequest(method, request.id(), params))
                .contextWrite(context -> context.put(McpTransportContext.KEY, headers));
    }

    /** Parameters with all that a request that stands alone has to say. */
    private static Map<String, Object> aloneParams(Map<String, Object> params) {
        Map<String, Object> meta = new LinkedHashMap<>();
        if (params.get("_meta") instanceof Map<?, ?> own) {
            own.forEach((key, value) -> meta.put(String.valueOf(key), value));
        }
        meta.put(PREFIX + "protocolVersion", REVISION);
        meta.put(PREFIX + "clientInfo", Map.of("name", "unified-memory", "version", BuildInfo.current()));
        meta.put(PREFIX + "clientCapabilities", Map.of());
        Map<String, Object> all = new LinkedHashMap<>(params);
        all.put("_meta", meta);
        return all;
    }

    private Map<String, Object> params(@Nullable Object sent) {
        Map<String, Object> params = new LinkedHashMap<>();
        if (sent instanceof McpSchema.CallToolRequest call) {
            // By hand: a memory may be large, and need not be looked at.
            params.put("name", call.name());
            params.put("arguments", call.arguments());
            params.put("_meta", call.meta());
        } else if (sent != null) {
            mapper.convertValue(sent, new TypeRef<Map<String, Object>>() {}).forEach(params::put);
        }
        params.values().removeIf(Objects::isNull);
        return params;
    }

    private Mono<JSONRPCMessage> receive(JSONRPCMessage message) {
        JSONRPCMessage told = message;
        if (message instanceof JSONRPCResponse response) {
            if (PROBE.equals(response.id())) {
                told = answeredProbe(response);
            } else if (isStateless()) {
                told = answeredAlone(response);
            } else {
                told = answeredGreeting(response);
            }
        }
        return told == null ? Mono.empty() : tell(told);
    }

    private Mono<JSONRPCMessage> tell(JSONRPCMessage message) {
        return Objects.requireNonNull(client).apply(Mono.just(message));
    }

    /** What the client is told of the answer to the probe; null for nothing. */
    private @Nullable JSONRPCMessage answeredProbe(JSONRPCResponse response) {
        boolean speaks = response.result() instanceof Map<?, ?> found
                && found.get("supportedVersions") instanceof List<?> revisions
                && revisions.contains(REVISION);
        if (!speaks) {
            sendGreeting();
            return null;
        }
        synchronized (this) {
            if (state != State.ASKED && state != State.ASKED_AND_GREETED) {
                return null;
            }
            state = State.STATELESS;
            spoken.learn(SpokenEra.Era.STATELESS);
            return JSONRPCResponse.result(
                    Objects.requireNonNull(handshake).id(), welcome((Map<?, ?>) response.result()));
        }
    }

    /** What the client would have been told by a handshake. */
    private Map<String, Object> welcome(Map<?, ?> found) {
        Map<String, Object> welcome = new LinkedHashMap<>();
        List<String> versions = link.protocolVersions();
        welcome.put("protocolVersion", versions.get(versions.size() - 1));
        welcome.put("capabilities", found.get("capabilities") instanceof Map<?, ?> offered ? offered : Map.of());
        Object server = found.get("_meta") instanceof Map<?, ?> meta ? meta.get(PREFIX + "serverInfo") : null;
        welcome.put("serverInfo", server instanceof Map ? server : Map.of("name", "unnamed", "version", "0"));
        if (found.get("instructions") instanceof String instructions) {
            welcome.put("instructions", instructions);
        }
        return welcome;
    }

    private @Nullable JSONRPCMessage answeredAlone(JSONRPCResponse response) {
        if (response.id().equals(Objects.requireNonNull(handshake).id())) {
            return null; // it was greeted out of impatience, and its answer is late
        }
        boolean incomplete = response.result() instanceof Map<?, ?> result
                && result.get("resultType") != null
                && !"complete".equals(result.get("resultType"));
        return incomplete
                ? JSONRPCResponse.error(
                        response.id(),
                        new JSONRPCResponse.JSONRPCError(
                                McpSchema.ErrorCodes.INTERNAL_ERROR,
                                "the server asks for something that nobody can give here",
                                null))
                : response;
    }

    /** What the client is told of an answer before it is known that requests stand alone; null for nothing yet. */
    private synchronized @Nullable JSONRPCMessage answeredGreeting(JSONRPCResponse response) {
        boolean open = state == State.ASKED_AND_GREETED || state == State.GREETED;
        if (!open || !response.id().equals(Objects.requireNonNull(handshake).id())) {
            return response;
        }
        if (response.error() == null) {
            spoken.learn(SpokenEra.Era.SESSIONS);
        } else if (state == State.ASKED_AND_GREETED) {
            refusal = response; // it may still answer that it wants no greeting
            return null;
        } else {
            spoken.forget();
        }
        state = State.SESSION;
        return response;
    }

    /** Sends a greeting that the client has sent long ago; that it cannot be sent is an answer. */
    private void send(Mono<Void> message) {
        message.subscribe(done -> {}, failure -> {
            LOG.debug("the server could not be greeted", failure);
            link.broken().complete(UpstreamFailures.of(failure));
        });
    }

    @Override
    public CompletableFuture<BackendException> broken() {
        return link.broken();
    }

    @Override
    public void established() {
        link.established();
    }

    @Override
    public void setExceptionHandler(Consumer<Throwable> handler) {
        link.setExceptionHandler(handler);
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return link.unmarshalFrom(data, type);
    }

    @Override
    public List<String> protocolVersions() {
        return link.protocolVersions();
    }

    @Override
    public Mono<Void> closeGracefully() {
        return link.closeGracefully();
    }

    @Override
    public void close() {
        link.close();
    }
}
