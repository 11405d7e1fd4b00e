package io.unifiedmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.http.guard.AccessPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that send what nobody should, or nothing, or do not read: the server goes on and forgets them. */
class HostileClientsTest {

    private static final int MALFORMED = 10_000;

    /** More than the container has threads. */
    private static final int SLOW = 400;

    /** Their bodies together would be more than the heap of the tests. */
    private static final int STRANGERS = 100;

    private static final long ROOM = 48L * 1024 * 1024;

    @Test
    void tenThousandMalformedRequestsAreRefusedAndForgotten() throws IOException {
        try (TestServer server = new TestServer()) {
            String session = server.session();
            MalformedRequests requests = new MalformedRequests(20_261_122, server.wire, session);
            long before = usedMemory();
            for (int i = 0; i < MALFORMED; i++) {
                MalformedRequests.Request request = requests.next();
                try (Socket socket = server.wire.connect()) {
                    Wire.send(socket, "", request.bytes());
                    if (!request.half()) {
                        socket.shutdownOutput();
                        assertHarmless(socket);
                    }
                }
                if (i % 1_000 == 0) {
                    assertWorks(server, session);
                }
            }
            assertWorks(server, session);
            // What a client sent before it went away may still be on its way through the server.
            for (int i = 0; i < MALFORMED && server.http.streamable().sessions() > 0; i++) {
                assertThat(server.wire.exchange("GET", "/nowhere", "").status()).isEqualTo(404);
                server.nanoTime.addAndGet(HttpOptions.DEFAULT.sessionIdle().toNanos());
                server.http.streamable().expireSessions();
            }
            assertThat(server.http.streamable().sessions()).isZero();
            assertThat(server.http.sse().sessions()).isZero();
            assertThat(usedMemory() - before).isLessThan(ROOM);
        }
    }

    private static void assertHarmless(Socket socket) throws IOException {
        byte[] reply;
        try {
            reply = socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // The server has hung up on bytes that it did not want to read.
            return;
        }
        String text = new String(reply, StandardCharsets.UTF_8);
        assertThat(text)
                .doesNotContain("stackTrace", "\tat ", "java.lang", "org.eclipse", "jetty")
                .doesNotContain("HTTP/1.1 500");
    }

    @Test
    void slowClientsHoldNobodyUpAndAreDropped() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try (TestServer server = new TestServer(options -> options, Duration.ofSeconds(2))) {
            String session = server.session();
            String head = server.wire.head("POST", "/mcp", 1_000, "Mcp-Session-Id: " + session);
            for (int i = 0; i < SLOW; i++) {
                Socket socket = server.wire.connect();
                slow.add(socket);
                String half = i % 2 == 0 ? head.substring(0, 40) : head + "{\"jsonrpc\":";
                Wire.send(socket, half, new byte[0]);
            }
            assertWorks(server, session);
            for (Socket socket : slow) {
                assertHarmless(socket);
            }
            assertWorks(server, session);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void aLargeBodyOfSomebodyUnknownIsRefusedBeforeItIsSent(@TempDir Path folder) throws IOException {
        AccessOptions access = new AccessOptions(folder.resolve("tokens.json"), true, null, null, 0, 0, 0);
        List<Socket> open = new ArrayList<>();
        try (TestServer server = new TestServer(AccessPolicy.tokens(
                access,
                new TokenFile(folder.resolve("tokens.json"), Clock.systemUTC()),
                Clock.systemUTC(),
                System::nanoTime,
                reason -> {}))) {
            for (int i = 0; i < STRANGERS; i++) {
                Socket socket = server.wire.connect();
                open.add(socket);
                Wire.send(socket, server.wire.head("POST", "/mcp", 8 * 1024 * 1024), new byte[1024]);
            }
            for (Socket socket : open) {
                assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                                .readLine())
                        .contains(" 401 ");
            }
            assertThat(server.wire.post("/mcp", TestServer.initialize()).status())
                    .isEqualTo(401);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void whoReadsTheAnswerToAPostTooSlowlyIsCutOff() throws IOException {
        int size = 32 * 1024 * 1024;
        try (TestServer server = new TestServer();
                Socket socket = server.wire.connect()) {
            String session = server.session();
            byte[] call = TestServer.call(1, "large", Map.of("size", size)).getBytes(StandardCharsets.UTF_8);
            Wire.send(socket, server.wire.head("POST", "/mcp", call.length, "Mcp-Session-Id: " + session), call);
            long read = socket.getInputStream().readNBytes(1_000).length;
            server.http.endSlowReplies();
            read += socket.getInputStream().readNBytes(1_000).length;
            assertThat(read).as("within its time").isEqualTo(2_000);
            server.nanoTime.addAndGet(TestServer.GRACE.plusMinutes(1).toNanos());
            server.http.endSlowReplies();
            assertThat(drained(socket)).isLessThan(size);
            long deadline = System.nanoTime() + TestServer.GRACE.toNanos();
            String again = TestServer.call(1, "echo", Map.of("text", "let go"));
            while (!server.wire
                    .post("/mcp", again, "Mcp-Session-Id: " + session)
                    .body()
                    .contains("let go")) {
                assertThat(System.nanoTime())
                        .as("the call still holds its thread")
                        .isLessThan(deadline);
            }
        }
    }

    private static long drained(Socket socket) throws IOException {
        long count = 0;
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                count += n;
            }
        } catch (SocketException e) {
            assertThat(e).as("a hang-up, too").isNotNull();
        }
        return count;
    }

    @Test
    void aListenerThatDoesNotReadIsCutOff() throws IOException {
        try (TestServer server = new TestServer()) {
            try (Wire.Events events = server.wire.events("/sse")) {
                String path = String.valueOf(events.next("endpoint"));
                server.wire.post(path, TestServer.initialize());
                String large = TestServer.call(1, "large", Map.of("size", 1024 * 1024));
                int status = 202;
                int calls = 0;
                while (status == 202) {
                    status = server.wire.post(path, large).status();
                    assertThat(++calls).isLessThan(100);
                }
                assertThat(status).isEqualTo(404);
                assertThat(server.http.sse().sessions()).isZero();
            }
            assertWorks(server, server.session());
        }
    }

    @Test
    void fiveHundredIdleSessionsEndButNotThoseInUse() throws IOException {
        try (TestServer server = new TestServer()) {
            String first = server.session();
            for (int i = 1; i < 500; i++) {
                server.session();
            }
            String listening = server.session();
            assertThat(server.http.streamable().sessions()).isEqualTo(501);
            long half = HttpOptions.DEFAULT.sessionIdle().toNanos() / 2;
            try (Wire.Events events = server.wire.events("/mcp", "Mcp-Session-Id: " + listening)) {
                assertThat(events.reader().readLine()).isNotNull();
                server.nanoTime.addAndGet(half);
                assertWorks(server, first);
                server.nanoTime.addAndGet(half);
                server.http.streamable().expireSessions();
                assertThat(server.http.streamable().sessions()).isEqualTo(2);
                assertWorks(server, first);
                assertWorks(server, listening);
            }
            server.nanoTime.addAndGet(2 * half);
            server.http.streamable().expireSessions();
            assertThat(server.wire
                            .post("/mcp", TestServer.request(1, "ping", Map.of()), "Mcp-Session-Id: " + first)
                            .status())
                    .isEqualTo(404);
        }
    }

    private static void assertWorks(TestServer server, String session) throws IOException {
        Wire.Reply reply = server.wire.post(
                "/mcp", TestServer.call(1, "echo", Map.of("text", "still here")), "Mcp-Session-Id: " + session);
        assertThat(reply.body()).contains("still here");
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
