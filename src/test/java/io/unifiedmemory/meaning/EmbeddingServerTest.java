package io.unifiedmemory.meaning;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingServerTest {

    /** With a server that stalls; no answer is waited for that comes. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final String SECRET = "a secret key";

    private final AtomicReference<String> body = new AtomicReference<>("");
    private final AtomicReference<String> authorization = new AtomicReference<>("");
    private HttpServer http;
    private volatile int status = 200;
    private volatile String answer = """
            {"object": "list", "data": [{"index": 0, "embedding": [3, 4]}], "model": "m"}""";

    @BeforeEach
    void listen() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/v1/embeddings", exchange -> {
            body.set(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            authorization.set(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] bytes = answer.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        http.start();
    }

    @AfterEach
    void end() {
        http.stop(0);
    }

    private String sent() {
        return Objects.requireNonNull(body.get());
    }

    private EmbeddingModel model() {
        return new EmbeddingServer(new MeaningOptions.Server(url(), "nomic-embed-text", SECRET)).load();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/v1/");
    }

    @Test
    void itIsAskedAsOpenAiIsAndItsVectorMadeOneOfLengthOne() {
        try (EmbeddingModel model = model()) {
            assertThat(model.ofQuery("green tea")).containsExactly(0.6f, 0.8f);
            assertThat(Json.parseObject(sent())).isEqualTo(Map.of("model", "nomic-embed-text", "input", "green tea"));
            assertThat(authorization.get()).isEqualTo("Bearer " + SECRET);
            assertThat(model.name()).isEqualTo("nomic-embed-text 127.0.0.1");
        }
    }

    @Test
    void aLongTextIsCutWhereACharacterEnds() {
        try (EmbeddingModel model = model()) {
            model.ofPassage("a" + "\uD83C\uDF75".repeat(5_000));
            String sent = String.valueOf(Json.parseObject(sent()).get("input"));
            assertThat(sent).hasSizeLessThan(2_000).endsWith("\uD83C\uDF75");
        }
    }

    @Test
    void whatIsNoVectorIsAFailureThatNamesTheServerAndNotTheKey() {
        try (EmbeddingModel model = model()) {
            for (String wrong : new String[] {"{}", "nonsense", "{\"data\": [{\"embedding\": []}]}", "{\"data\": 1}"}) {
                answer = wrong;
                assertThatThrownBy(() -> model.ofQuery("tea"))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining("nomic-embed-text at 127.0.0.1")
                        .hasMessageNotContaining(SECRET);
            }
            status = 404;
            answer = "no model for: tea";
            assertThatThrownBy(() -> model.ofQuery("tea"))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("404")
                    .as("what was asked is somebody's")
                    .hasMessageNotContaining("tea");
        }
    }

    @Test
    void aKeyThatNoHeaderMayHaveIsAFailureThatShowsNothingOfIt() {
        EmbeddingServer server = new EmbeddingServer(new MeaningOptions.Server(url(), "m", "hidden\nkey"));
        try (EmbeddingModel model = server.load()) {
            assertThatThrownBy(() -> model.ofQuery("tea"))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("search.embeddingsKey")
                    .hasNoCause()
                    .hasNoSuppressedExceptions()
                    .hasMessageNotContaining("hidden");
        }
    }

    /** The deadline is what ends the test; without one it hangs. */
    @Test
    @Timeout(30)
    void aServerThatStopsInTheMiddleOfItsAnswerIsGivenUp(@TempDir Path folder) throws Exception {
        http.createContext("/stalls/", exchange -> {
            exchange.sendResponseHeaders(status, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
        });
        URI stalls = url().resolve("/stalls/");
        MeaningOptions.Server server = new MeaningOptions.Server(stalls, "m", null);
        try (EmbeddingModel model = new EmbeddingServer(server, PATIENCE).load()) {
            assertThatThrownBy(() -> model.ofQuery("tea"))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("no whole answer");
        }

        MavenRepository repository = new MavenRepository(stalls, PATIENCE);
        Artifact artifact = new Artifact("g", "a", "1", "00", 100);
        assertThatThrownBy(() -> repository.download(artifact, folder.resolve("a.jar")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no whole answer");
        status = 206;
        assertThatThrownBy(() -> repository.downloadParts(artifact, name -> true, folder.resolve("b.jar")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no whole answer");
    }

    @Test
    void aServerThatIsNotThereIsAFailure() {
        try (EmbeddingModel model = model()) {
            http.stop(0);
            assertThatThrownBy(() -> model.ofQuery("tea"))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("cannot be reached");
        }
    }
}
