package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.http.guard.AccessPolicy;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one principal can make the server hold, and that the others do not feel it. */
@Timeout(60)
class SharesTest {

    private static final int MEGABYTE = 1024 * 1024;

    /** Above a share, and above what the buffers of a connection take. */
    private static final int LARGE = TestServer.UNREAD / 4 + 4 * MEGABYTE;

    @TempDir
    private Path folder;

    private final List<Socket> open = new ArrayList<>();
    private TestServer server;
    private String eve;
    private String bob;

    @BeforeEach
    void start() throws IOException {
        AccessOptions access = new AccessOptions(folder.resolve("tokens.json"), true, null, null, 0, 0, 0);
        TokenFile tokens = new TokenFile(folder.resolve("tokens.json"), Clock.systemUTC());
        eve = bearer(tokens, "eve");
        bob = bearer(tokens, "bob");
        server = new TestServer(AccessPolicy.tokens(access, tokens, Clock.systemUTC(), System::nanoTime, reason -> {}));
    }

    private static String bearer(TokenFile tokens, String user) {
        return "Authorization: Bearer "
                + tokens.create(user, UserSet.of(Set.of(user)), Scope.READ, null)
                        .text();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = server.wire.reluctant();
        open.add(socket);
        return socket;
    }

    private static String statusLine(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private static String large(int size) {
        return TestServer.call(1, "large", Map.of("size", size));
    }

    @Test
    void largeAnswersThatOneDoesNotReadKeepNothingFromOthers() throws IOException {
        String session = "Mcp-Session-Id: " + server.session(eve);
        byte[] call = large(LARGE).getBytes(StandardCharsets.UTF_8);
        Socket unread = connect();
        Wire.send(unread, server.wire.head("POST", "/mcp", call.length, eve, session), call);
        assertThat(statusLine(unread)).contains(" 200 ");
        assertThat(server.unread.held()).isGreaterThan(LARGE);

        Wire.Reply second = server.wire.post("/mcp", large(MEGABYTE), eve, session);
        assertThat(second.status()).isEqualTo(503);
        assertThat(second.json().at("/error/message").asString()).contains("overloaded");
        assertThat(second.json().path("id").asInt()).isEqualTo(1);
        String small = TestServer.call(2, "echo", Map.of("text", "small"));
        assertThat(server.wire.post("/mcp", small, eve, session).body()).contains("small");

        String bobs = "Mcp-Session-Id: " + server.session(bob);
        assertThat(server.wire.post("/mcp", large(MEGABYTE), bob, bobs).status())
                .isEqualTo(200);
    }

    @Test
    void manyStreamsOfOneThatAreNotReadHaveOneShareTogether() throws IOException {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Socket stream = connect();
            Wire.send(stream, server.wire.head("GET", "/sse", 0, eve), new byte[0]);
            String path = String.valueOf(new Wire.Events(
                            stream,
                            new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8)))
                    .next("endpoint"));
            server.wire.post(path, TestServer.initialize(), eve);
            paths.add(path);
        }
        int ended = 0;
        for (String path : paths) {
            for (int i = 0; i < 10; i++) {
                ended += server.wire.post(path, large(MEGABYTE), eve).status() == 404 ? 1 : 0;
                assertThat(server.unread.held()).isLessThanOrEqualTo(TestServer.UNREAD / 4);
            }
        }
        assertThat(ended).as("listeners that were cut off").isPositive();
        try (Wire.Events events = server.wire.events("/sse", bob)) {
            String path = String.valueOf(events.next("endpoint"));
            server.wire.post(path, TestServer.initialize(), bob);
            assertThat(events.next("message")).contains("protocolVersion");
            server.wire.post(path, large(2 * MEGABYTE), bob);
            assertThat(events.next("message")).hasSizeGreaterThan(2 * MEGABYTE);
        }
    }

    @Test
    void whatWasHeldForAListenerIsGivenBackWhenItHasRead() throws IOException {
        try (Wire.Events events = server.wire.events("/sse", eve)) {
            String path = String.valueOf(events.next("endpoint"));
            server.wire.post(path, TestServer.initialize(), eve);
            for (int i = 0; i < 20; i++) {
                assertThat(server.wire.post(path, large(MEGABYTE), eve).status())
                        .isEqualTo(202);
                assertThat(events.next("message")).isNotNull();
            }
        }
    }

    @Test
    void bodiesThatOneDoesNotSendKeepNothingFromOthers() throws IOException {
        int size = 4 * MEGABYTE;
        for (int i = 0; i < TestServer.UNSENT / 4 / size; i++) {
            Wire.send(connect(), server.wire.head("POST", "/mcp", size, eve), new byte[1]);
        }
        String session = "Mcp-Session-Id: " + server.session(bob);
        String body = TestServer.call(1, "echo", Map.of("text", "x".repeat(size)));
        assertThat(server.wire.post("/mcp", body, bob, session).status()).isEqualTo(200);
        // The share is given back once the answer is out, which may be after it was read here.
        while (server.unsent.held() > TestServer.UNSENT / 4) {
            Thread.onSpinWait();
        }
        Socket refused = connect();
        Wire.send(refused, server.wire.head("POST", "/mcp", size, eve), new byte[1]);
        assertThat(statusLine(refused)).contains(" 503 ");
    }

    @Test
    void bodiesThatDoNotSayHowLongTheyAreCountAsWhatIsThere() throws IOException {
        String session = "Mcp-Session-Id: " + server.session(eve);
        List<Socket> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Socket socket = connect();
            Wire.send(socket, chunkedHead(eve, session), chunk("{".getBytes(StandardCharsets.UTF_8)));
            many.add(socket);
        }
        int id = 0;
        for (Socket socket : many) {
            String call = TestServer.call(++id, "echo", Map.of("text", "small"));
            socket.getOutputStream().write(chunk(call.substring(1).getBytes(StandardCharsets.UTF_8)));
            socket.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        }
        for (Socket socket : many) {
            assertThat(Wire.read(socket).body()).contains("small");
        }
    }

    @Test
    void largeBodiesThatDoNotSayHowLongTheyAreHaveAShare() throws IOException {
        String session = "Mcp-Session-Id: " + server.session(eve);
        byte[] part = chunk("x".repeat(3 * MEGABYTE).getBytes(StandardCharsets.UTF_8));
        for (int i = 1; i <= 2; i++) {
            Wire.send(connect(), chunkedHead(eve, session), part);
            while (server.unsent.held() < 4L * i * MEGABYTE) {
                Thread.onSpinWait();
            }
        }
        assertThat(server.unsent.held()).isLessThanOrEqualTo(TestServer.UNSENT / 4);
        Socket third = connect();
        Wire.send(third, chunkedHead(eve, session), chunk("x".repeat(66_000).getBytes(StandardCharsets.UTF_8)));
        assertThat(statusLine(third)).contains(" 503 ");

        String bobs = "Mcp-Session-Id: " + server.session(bob);
        String large = TestServer.call(1, "echo", Map.of("text", "y".repeat(2 * MEGABYTE)));
        Socket other = connect();
        Wire.send(other, chunkedHead(bob, bobs), chunk(large.getBytes(StandardCharsets.UTF_8)));
        other.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(statusLine(other)).contains(" 200 ");

        for (Socket socket : open) {
            socket.close();
        }
        while (server.unsent.held() > 0) {
            Thread.onSpinWait();
        }
    }

    private String chunkedHead(String... headers) {
        return server.wire.head("POST", "/mcp", 0, headers).replace("content-length: 0", "transfer-encoding: chunked");
    }

    private static byte[] chunk(byte[] bytes) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return chunk.toByteArray();
    }

    @Test
    void aServerWithoutTokensIsClosedOnceThereAreSome() throws IOException {
        TokenFile later = new TokenFile(folder.resolve("later.json"), Clock.systemUTC());
        AtomicLong nanoTime = new AtomicLong();
        try (TestServer other = new TestServer(AccessPolicy.openUntilTokens(later, nanoTime::get))) {
            String session = "Mcp-Session-Id: " + other.session();
            try (Wire.Events events = other.wire.events("/mcp", session)) {
                later.create("", UserSet.ALL, Scope.READ, null);
                nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
                Wire.Reply refused = other.wire.post("/mcp", TestServer.request(1, "ping", Map.of()), session);
                HttpRulesTest.assertError(refused, 503);
                assertThat(refused.body()).contains("started again");
                other.http.tendStreams();
                assertThat(events.next("message")).as("the stream ends").isNull();
            }
        }
    }
}
