package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real reference server behind the official TypeScript SDK's HTTP transports: {@code mcp} and {@code sse}. */
@Timeout(60)
class HttpUpstreamIT {

    private static final String EVERYTHING = "ä 漢字 👩‍👩‍👧 \u2028 \r\n \" \\ data: x\n\nevent: message\n";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void everyCharacterAndAMebibyteArrive(String transport) throws Exception {
        UpstreamBackend backend = backend(transport, start(0), "secret");
        MemoryEntry entry = entry("key", EVERYTHING);
        MemoryEntry large = entry("large", "é".repeat(1 << 19));

        assertThat(backend.store(entry)).isEqualTo(new Lookup.Found(entry));
        assertThat(backend.store(large)).isEqualTo(new Lookup.Found(large));
        assertThat(backend.retrieve("u", "key")).isEqualTo(new Lookup.Found(entry));
        assertThat(backend.check().up()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void theUrlIsUsedExactlyAsItIs(String transport) throws Exception {
        HttpMemory server = start(0);
        backend(transport, server, "secret").check();

        assertThat(server.requests).contains("/" + transport + "?a=b%2Fc&d=%20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void aMissingHeaderIsToldAndNotShown(String transport) throws Exception {
        UpstreamBackend backend = backend(transport, start(0), "wrong-secret");

        assertThatThrownBy(() -> backend.retrieve("u", "key"))
                .hasMessageContaining("401")
                .hasMessageNotContaining("wrong-secret")
                .satisfies(HttpUpstreamIT::isUnavailable);
        assertThat(backend.check().up()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void aRestartedServerIsConnectedAnew(String transport) throws Exception {
        HttpMemory first = start(0);
        UpstreamBackend backend = backend(transport, first, "secret");
        MemoryEntry entry = entry("key", "value");
        backend.store(entry);

        first.close();
        start(first.port);

        assertThat(eventually(backend)).isEqualTo(new Lookup.Found(entry));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void aServerThatIsGoneIsUnavailableUntilItReturns(String transport) throws Exception {
        HttpMemory first = start(0);
        UpstreamBackend backend = backend(transport, first, "secret");
        backend.store(entry("key", "value"));

        first.close();

        assertThatThrownBy(() -> backend.retrieve("u", "key")).satisfies(HttpUpstreamIT::isUnavailable);
        assertThatThrownBy(() -> backend.retrieve("u", "key")).satisfies(HttpUpstreamIT::isUnavailable);
        start(first.port);
        assertThat(backend.check().up()).isTrue();
        assertThat(backend.retrieve("u", "key")).isInstanceOf(Lookup.Found.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void callsInFlightFailAtOnceWhenTheServerDies(String transport) throws Exception {
        HttpMemory server = start(0);
        UpstreamBackend backend = backend(transport, server, "secret");
        backend.store(entry("key", "value"));
        server.signal("-STOP");
        CompletableFuture<Lookup> call = Async.supply(() -> backend.retrieve("u", "key"));

        server.signal("-9");

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).cause().satisfies(HttpUpstreamIT::isUnavailable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcp", "sse"})
    void connectionRefusedIsUnavailable(String transport) throws Exception {
        HttpMemory server = start(0);
        server.close();
        UpstreamBackend backend = backend(transport, server, "secret");

        assertThatThrownBy(() -> backend.retrieve("u", "key")).satisfies(HttpUpstreamIT::isUnavailable);
    }

    private HttpMemory start(int port) throws IOException {
        HttpMemory server = new HttpMemory(folder.resolve("memory.jsonl"), port);
        open.add(server);
        return server;
    }

    private UpstreamBackend backend(String transport, HttpMemory server, String secret) {
        URI url = URI.create("http://127.0.0.1:" + server.port + "/" + transport + "?a=b%2Fc&d=%20");
        Map<String, String> headers = Map.of("X-Api-Key", secret);
        UpstreamBackend backend = NodeServers.backend(
                transport.equals("sse") ? new ServerAddress.Sse(url, headers) : new ServerAddress.Http(url, headers),
                null);
        open.add(backend);
        return backend;
    }

    /** The first call after a restart may be the one that notices it. */
    private static Lookup eventually(UpstreamBackend backend) {
        try {
            return backend.retrieve("u", "key");
        } catch (BackendException e) {
            isUnavailable(e);
            return backend.retrieve("u", "key");
        }
    }

    private static void isUnavailable(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(BackendException.class, backendFailure -> {
            assertThat(backendFailure.kind()).as(backendFailure.describe()).isEqualTo(Kind.UNAVAILABLE);
        });
    }

    private static MemoryEntry entry(String key, String value) {
        Instant now = Instant.ofEpochMilli(1_000_000_000_000L);
        return new MemoryEntry("u", key, value, Map.of(), now, now, new HlcTimestamp(1));
    }
}
