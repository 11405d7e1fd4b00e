package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.KeyServer;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.mcp.MemoryServer;
import io.unifiedmemory.mcp.stateless.MemoryService;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.spi.DatabaseInfo;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.tools.ToolBox;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.upstream.UpstreamBackend;
import io.unifiedmemory.upstream.UpstreamOptions;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Tokens and limits over the real server, as clients meet them. */
class AccessOverHttpTest {

    private static final String ISSUER = "https://login.example.org";
    private static final int PER_SECOND = 50;
    private static final String COMMENT = ":\n\n";

    private static RSAKey key;

    @TempDir
    private Path folder;

    private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final AtomicLong nanos = new AtomicLong();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> secrets = new ArrayList<>();
    private final Log log = new Log();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private com.sun.net.httpserver.HttpServer other;
    private KeyServer keys;
    private TokenFile tokens;
    private UnifiedMemory memory;
    private HttpServer http;
    private String base;

    /** Everything that is logged, at the level of a run with {@code --log-level debug}. */
    private static final class Log extends AppenderBase<ILoggingEvent> {
        final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                            ? ""
                            : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
    }

    @BeforeAll
    static void makeKey() throws JOSEException {
        key = new RSAKeyGenerator(2048).keyID("one").generate();
    }

    @BeforeEach
    void start() throws IOException {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getLogger("io.unifiedmemory").setLevel(Level.DEBUG);
        loggers.getLogger("io.modelcontextprotocol").setLevel(Level.INFO);
        log.setContext(loggers);
        log.start();
        loggers.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(log);
        other = otherServer();
        keys = new KeyServer();
        keys.publish(key);
        Path file = folder.resolve("tokens.json");
        tokens = new TokenFile(file, clock());
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        SqliteStore sqlite = new SqliteStore(database);
        memory = UnifiedMemory.builder()
                .primary("sqlite", sqlite, BackendOptions.LOCAL)
                .replica("other", new UpstreamBackend(upstream(), () -> null), BackendOptions.UPSTREAM)
                .build();
        ToolBox tools = new ToolBox(
                memory,
                new ToolOptions(Limits.DEFAULT, "anna", false, true),
                Clock.systemUTC(),
                "1",
                () -> DatabaseInfo.ofFile(database.path(), 1, null),
                () -> null);
        AccessOptions.Jwt jwt = new AccessOptions.Jwt(
                ISSUER,
                Set.of("memory"),
                keys.address(),
                Set.of("RS256"),
                "sub",
                512,
                "memory:read",
                "memory:write",
                null);
        http = HttpServer.builder(HttpOptions.DEFAULT.at(ListenAddress.parse("127.0.0.1:0")), Duration.ofSeconds(5))
                .access(AccessPolicy.tokens(
                        new AccessOptions(file, true, null, jwt, PER_SECOND, 4, 2),
                        tokens,
                        clock(),
                        nanos::get,
                        refused::add))
                .build();
        new MemoryServer(http.streamable(), tools, "1");
        new MemoryServer(http.sse(), tools, "1");
        http.serveStateless(MemoryService.of(tools, AccessOverHttpTest::unused, "1", () -> "secret"));
        base = "http://127.0.0.1:" + http.start();
        memory.store("anna", "tea", "Darjeeling", Map.of());
    }

    @AfterEach
    void stop() {
        http.close();
        memory.close();
        keys.close();
        other.stop(0);
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(log);
        assertThat(secrets).as("a test that shows no token scans nothing").isNotEmpty();
        assertThat(String.join("\n", log.lines)).doesNotContain(secrets);
    }

    /** Another server, which says nothing useful but notes what it is sent, and waits while the gate is closed. */
    private com.sun.net.httpserver.HttpServer otherServer() throws IOException {
        com.sun.net.httpserver.HttpServer server =
                com.sun.net.httpserver.HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            received.add(exchange.getRequestHeaders().entrySet() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private UpstreamOptions upstream() {
        return new UpstreamOptions(
                "other",
                new ServerAddress.Http(
                        URI.create("http://127.0.0.1:" + other.getAddress().getPort() + "/mcp"),
                        Map.of("Authorization", "Bearer its-own")),
                "unified",
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                null);
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    private String token(UserSet users, Scope scope, @Nullable Instant expires) {
        return noted(tokens.create("", users, scope, expires).text());
    }

    private String token(String user) {
        return token(UserSet.of(Set.of(user)), Scope.READ_WRITE, null);
    }

    private String noted(String token) {
        secrets.add(token.substring(token.length() - 30));
        return token;
    }

    private String jwt(String audience, String scope, int seconds) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build(),
                    new JWTClaimsSet.Builder()
                            .issuer(ISSUER)
                            .audience(audience)
                            .subject("anna")
                            .claim("scope", scope)
                            .expirationTime(Date.from(now.plusSeconds(seconds)))
                            .build());
            jwt.sign(new RSASSASigner(key));
            return noted(jwt.serialize());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(
            @Nullable String token, @Nullable String session, String method, Map<String, ?> params)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/mcp", token);
        if (session != null) {
            request.header("Mcp-Session-Id", session);
        }
        String body = ClientMessages.request(1, method, params);
        return send(request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> initialize(@Nullable String token) throws IOException, InterruptedException {
        return post(token, null, "initialize", ClientMessages.initializeParams("2025-06-18"));
    }

    private String session(String token) throws IOException, InterruptedException {
        HttpResponse<String> opened = initialize(token);
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        return opened.headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private HttpResponse<String> call(String token, String session, String tool, Map<String, ?> arguments)
            throws IOException, InterruptedException {
        return post(token, session, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    private static String challenge(HttpResponse<?> response) {
        return response.headers().firstValue("WWW-Authenticate").orElse("");
    }

    private static void assertError(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(Json.parseObject(response.body())).containsKeys("jsonrpc", "error");
        assertThat(response.body()).doesNotContain("Exception", "\\tat ");
    }

    @Test
    void withoutATokenNothingIsServedAndTheChallengeSaysWhereToGetOne() throws Exception {
        noted("never-sent-because-there-is-no-token");
        HttpResponse<String> refused = initialize(null);
        assertError(refused, 401);
        assertThat(challenge(refused))
                .startsWith("Bearer realm=\"unified-memory\"")
                .contains("resource_metadata=\"" + base + "/.well-known/oauth-protected-resource/mcp\"")
                .doesNotContain("error=");
        for (String path :
                List.of("/sse", "/messages?sessionId=x", "/mcp", "/metrics", "/nothing", "/", "/mcp/", "//mcp")) {
            assertThat(send(request(path, null).GET()).statusCode()).as(path).isIn(401, 400);
        }
        HttpResponse<String> twice = send(request("/mcp", token("anna"))
                .header("Authorization", "Bearer x")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertError(twice, 401);
    }

    @Test
    void aTokenInTheAddressIsNoToken() throws Exception {
        String token = token("anna");
        assertError(send(request("/mcp?access_token=" + token, null).GET()), 401);
    }

    @Test
    void aTokenLetsItsUserInAndNobodyElse() throws Exception {
        String anna = token("anna");
        String bob = token("bob");
        assertThat(call(anna, session(anna), "retrieve", Map.of("key", "tea")).body())
                .contains("Darjeeling");
        String bobs = session(bob);
        assertThat(call(bob, bobs, "retrieve", Map.of("key", "tea")).body())
                .contains("\"found\":false")
                .doesNotContain("Darjeeling");
        HttpResponse<String> other = call(bob, bobs, "retrieve", Map.of("key", "tea", "user_id", "anna"));
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).contains("\"isError\":true").doesNotContain("Darjeeling");
        assertThat(post(bob, bobs, "tools/list", Map.of()).body()).doesNotContain("anna");
    }

    @Test
    void theSessionOfAnotherPrincipalIsNotFound() throws Exception {
        String anna = token("anna");
        String session = session(anna);
        assertError(call(token("anna"), session, "retrieve", Map.of("key", "tea")), 404);
        assertError(
                send(request("/mcp", token("bob"))
                        .header("Mcp-Session-Id", session)
                        .DELETE()),
                404);
        assertThat(call(anna, session, "retrieve", Map.of("key", "tea")).body()).contains("Darjeeling");
    }

    @Test
    void aRevokedTokenEndsInsideALivingSession() throws Exception {
        Tokens.Created made = tokens.create("laptop", UserSet.of(Set.of("anna")), Scope.READ, null);
        String token = noted(made.text());
        String session = session(token);
        assertThat(call(token, session, "retrieve", Map.of("key", "tea")).statusCode())
                .isEqualTo(200);
        assertThat(tokens.revoke("laptop")).isNotNull();
        HttpResponse<String> refused = call(token, session, "retrieve", Map.of("key", "tea"));
        assertError(refused, 401);
        assertThat(challenge(refused)).contains("error=\"invalid_token\"");
    }

    @Test
    @Timeout(30)
    void aStreamEndsWithTheTokenThatOpenedIt() throws Exception {
        String expiring = token(UserSet.of(Set.of("anna")), Scope.READ, now.plusSeconds(60));
        String lasting = token(UserSet.of(Set.of("anna")), Scope.READ, now.plusSeconds(600));
        try (InputStream ends = listen(expiring, session(expiring)).body();
                InputStream ended = client.send(request("/sse", expiring).GET().build(), BodyHandlers.ofInputStream())
                        .body();
                InputStream goesOn = listen(lasting, session(lasting)).body()) {
            now = now.plusSeconds(60);
            http.tendStreams();
            assertThat(new String(ends.readAllBytes(), StandardCharsets.UTF_8)).startsWith(COMMENT);
            assertThat(new String(ended.readAllBytes(), StandardCharsets.UTF_8)).startsWith(COMMENT);

            http.tendStreams();
            assertThat(new String(goesOn.readNBytes(2 * COMMENT.length()), StandardCharsets.UTF_8))
                    .isEqualTo(COMMENT + COMMENT);
        }
    }

    @Test
    void anExpiredTokenEndsInsideALivingSession() throws Exception {
        for (String token : List.of(
                token(UserSet.of(Set.of("anna")), Scope.READ, now.plusSeconds(60)), jwt("memory", "memory:read", 80))) {
            String session = session(token);
            assertThat(call(token, session, "retrieve", Map.of("key", "tea")).body())
                    .contains("Darjeeling");
            now = now.plusSeconds(60);
            assertError(call(token, session, "retrieve", Map.of("key", "tea")), 401);
        }
    }

    @Test
    void anAccessTokenForAnotherServerIsRefusedAndOneWithoutOurScopeForbidden() throws Exception {
        HttpResponse<String> foreign = initialize(jwt("calendar", "memory:read", 60));
        assertError(foreign, 401);
        assertThat(challenge(foreign)).contains("error=\"invalid_token\"", "error_description=");
        HttpResponse<String> narrow = initialize(jwt("memory", "openid", 60));
        assertError(narrow, 403);
        assertThat(challenge(narrow)).contains("error=\"insufficient_scope\"", "scope=\"memory:read memory:write\"");
        assertThat(initialize(jwt("memory", "memory:write", 60)).statusCode()).isEqualTo(200);
    }

    @Test
    void refusedTokensAreCountedAndLoggedNowAndThen() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertError(initialize("umt_0123456789ab_" + "x".repeat(43)), 401);
        }
        assertError(initialize(jwt("elsewhere\nforged: line", "memory:write", 60)), 401);
        assertError(initialize(jwt("memory", "openid", 60)), 403);
        assertThat(refused).hasSize(22).containsOnly("invalid", "insufficient").endsWith("invalid", "insufficient");
        assertThat(refusalLines()).hasSize(1).first().asString().contains("127.0.0.1", "unknown, revoked or expired");

        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        assertError(initialize(jwt("memory", "memory:write", -60)), 401);
        assertThat(refusalLines()).hasSize(2).last().asString().contains("21 more");
        assertError(initialize(null), 401);
        assertThat(refused).as("no token is none that was refused").hasSize(23);
    }

    private List<String> refusalLines() {
        return log.lines.stream()
                .filter(line -> line.startsWith("refused a token"))
                .toList();
    }

    @Test
    void whenKeysCannotBeFetchedTheServerSaysSoAndOtherTokensWork() throws Exception {
        keys.down();
        HttpResponse<String> unknown = initialize(jwt("memory", "memory:read", 60));
        assertError(unknown, 503);
        assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
        assertThat(initialize(token("anna")).statusCode()).isEqualTo(200);
    }

    @Test
    void aReadOnlyTokenReadsAndDoesNotWrite() throws Exception {
        String token = jwt("memory", "memory:read", 60);
        String session = session(token);
        assertThat(call(token, session, "store", Map.of("key", "tea", "value", "none"))
                        .body())
                .contains("\"isError\":true", "read-write");
        assertThat(call(token, session, "retrieve", Map.of("key", "tea")).body())
                .contains("Darjeeling");
    }

    @Test
    void moreThanItsShareIsRefusedToOnePrincipalUntilItHasWaited() throws Exception {
        String greedy = token("anna");
        String session = session(greedy);
        int served = 1;
        HttpResponse<String> last = call(greedy, session, "health", Map.of());
        while (last.statusCode() == 200 && served <= 2 * PER_SECOND) {
            served++;
            last = call(greedy, session, "health", Map.of());
        }
        assertError(last, 429);
        assertThat(served).isEqualTo(2 * PER_SECOND);
        assertThat(last.headers().firstValue("Retry-After")).hasValue("1");
        String other = token("bob");
        assertThat(call(other, session(other), "health", Map.of()).statusCode()).isEqualTo(200);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(call(greedy, session, "health", Map.of()).statusCode()).isEqualTo(200);
    }

    @Test
    void onlySoManyCallsOfOnePrincipalAreUnderWayAtOnce() throws Exception {
        String token = token("anna");
        String session = session(token);
        CountDownLatch opens = new CountDownLatch(1);
        gate = opens;
        CountDownLatch fourRefused = new CountDownLatch(4);
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String body = "{\"jsonrpc\":\"2.0\",\"id\":" + (100 + i)
                    + ",\"method\":\"tools/call\",\"params\":{\"name\":\"health\",\"arguments\":{}}}";
            HttpRequest call = request("/mcp", token)
                    .header("Mcp-Session-Id", session)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            calls.add(client.sendAsync(call, BodyHandlers.ofString()).thenApply(response -> {
                if (response.statusCode() == 429) {
                    fourRefused.countDown();
                }
                return response.statusCode();
            }));
        }
        assertThat(fourRefused.await(20, TimeUnit.SECONDS)).isTrue();
        opens.countDown();
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<Integer> call : calls) {
            statuses.add(call.get(20, TimeUnit.SECONDS));
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 200, 200, 200, 429, 429, 429, 429);
        assertThat(call(token, session, "health", Map.of()).statusCode()).isEqualTo(200);
    }

    @Test
    @Timeout(60)
    void onlySoManyStreamsOfOnePrincipalAreOpenAtOnce() throws Exception {
        String token = token("anna");
        List<String> sessions = List.of(session(token), session(token), session(token));
        List<InputStream> open = new ArrayList<>();
        for (String session : sessions.subList(0, 2)) {
            HttpResponse<InputStream> stream = listen(token, session);
            assertThat(stream.statusCode()).isEqualTo(200);
            open.add(stream.body());
        }
        HttpResponse<InputStream> refused = listen(token, sessions.get(2));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(send(request("/mcp", token)
                                .header("Mcp-Session-Id", sessions.get(0))
                                .DELETE())
                        .statusCode())
                .isEqualTo(200);
        // The end of the stream, as the client sees it, comes just before the server counts it as gone.
        open.get(0).readAllBytes();
        HttpResponse<InputStream> again = listen(token, sessions.get(2));
        while (again.statusCode() == 429) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            again = listen(token, sessions.get(2));
        }
        assertThat(again.statusCode()).isEqualTo(200);
        again.body().close();
        open.get(1).close();
    }

    @Test
    @Timeout(60)
    void requestsThatStandAloneAreSubjectToTheSameRules() throws Exception {
        HttpResponse<String> unknown = send(alone(null, "tools/list", null, Map.of()));
        assertError(unknown, 401);
        assertThat(challenge(unknown)).contains("resource_metadata=");
        String reader = token(UserSet.of(Set.of("anna")), Scope.READ, null);
        Map<String, Object> theirs = Map.of("user_id", "bob", "key", "tea");
        assertThat(send(alone(reader, "tools/call", "retrieve", Map.of("key", "tea")))
                        .body())
                .contains("Darjeeling");
        assertThat(send(alone(reader, "tools/call", "retrieve", theirs)).body()).contains("\"isError\":true");
        Map<String, Object> change = Map.of("user_id", "anna", "key", "tea", "value", "x");
        assertThat(send(alone(reader, "tools/call", "store", change)).body()).contains("\"isError\":true");

        String listener = token("anna");
        List<InputStream> open = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            HttpResponse<InputStream> stream = client.send(
                    alone(listener, "subscriptions/listen", null, Map.of()).build(), BodyHandlers.ofInputStream());
            assertThat(stream.statusCode()).isEqualTo(200);
            open.add(stream.body());
        }
        assertError(send(alone(listener, "subscriptions/listen", null, Map.of())), 429);
        assertThat(send(alone(listener, "tools/list", null, Map.of())).statusCode())
                .isEqualTo(200);
        for (InputStream stream : open) {
            stream.close();
        }
        HttpResponse<String> last = send(alone(reader, "tools/list", null, Map.of()));
        for (int i = 0; i < 3 * PER_SECOND && last.statusCode() == 200; i++) {
            last = send(alone(reader, "tools/list", null, Map.of()));
        }
        assertError(last, 429);
    }

    private static MemoryMethods unused() {
        throw new AssertionError("nothing but tools is asked for here");
    }

    /** A request of the revision without sessions. */
    private HttpRequest.Builder alone(
            @Nullable String token, String method, @Nullable String tool, Map<String, ?> arguments) {
        HttpRequest.Builder request = request("/mcp", token)
                .header("MCP-Protocol-Version", ClientMessages.STATELESS)
                .header("Mcp-Method", method);
        if (tool != null) {
            request.header("Mcp-Name", tool);
        }
        Map<String, Object> params =
                tool == null ? Map.of("notifications", Map.of()) : Map.of("name", tool, "arguments", arguments);
        return request.POST(HttpRequest.BodyPublishers.ofString(ClientMessages.stateless(1, method, params)));
    }

    private HttpResponse<InputStream> listen(String token, String session) throws IOException, InterruptedException {
        return client.send(
                request("/mcp", token).header("Mcp-Session-Id", session).GET().build(), BodyHandlers.ofInputStream());
    }

    @Test
    void aClientsTokenIsNotPassedOnToAnUpstream() throws Exception {
        String token = token("anna");
        String session = session(token);
        call(token, session, "store", Map.of("key", "coffee", "value", "none"));
        call(token, session, "health", Map.of());
        assertThat(received)
                .isNotEmpty()
                .allSatisfy(request ->
                        assertThat(request).contains("Bearer its-own").doesNotContain(secrets));
    }

    @Test
    void theMetadataIsAtBothWellKnownPlaces() throws Exception {
        noted("never-sent-because-there-is-no-token");
        String wellKnown = "/.well-known/oauth-protected-resource";
        Map<String, String> resources = new LinkedHashMap<>();
        resources.put(wellKnown, base);
        resources.put(wellKnown + "/mcp", base + "/mcp");
        resources.put(wellKnown + "/sse", base + "/sse");
        for (Map.Entry<String, String> resource : resources.entrySet()) {
            HttpResponse<String> response =
                    send(request(resource.getKey(), null).GET());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(Json.parseObject(response.body()))
                    .containsEntry("resource", resource.getValue())
                    .containsEntry("authorization_servers", List.of(ISSUER))
                    .containsEntry("bearer_methods_supported", List.of("header"));
        }
        assertError(send(request(wellKnown + "/elsewhere", null).GET()), 404);
    }

    @Test
    void overServerSentEventsTheSameHolds() throws Exception {
        String anna = token("anna");
        HttpResponse<InputStream> stream =
                client.send(request("/sse", anna).GET().build(), BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        try (InputStream events = stream.body()) {
            StringBuilder text = new StringBuilder();
            while (!text.toString().matches("(?s).*data: ?\\S+\\n\\n?.*")) {
                text.append((char) events.read());
            }
            String address = text.toString().replaceAll("(?s).*data: ?(\\S+)\\n.*", "$1");
            HttpRequest.BodyPublisher ping =
                    HttpRequest.BodyPublishers.ofString("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
            assertError(send(request(address, null).POST(ping)), 401);
            assertError(send(request(address, token("bob")).POST(ping)), 404);
            assertThat(send(request(address, anna).POST(ping)).statusCode()).isEqualTo(202);
        }
    }
}
