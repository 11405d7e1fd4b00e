package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server over HTTP tells those who watch over it. */
class MonitoringIT {

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(HttpProcess server, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.base() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void metricsCountCallsBackendsSessionsAndRefusals() throws Exception {
        Home home = new Home(folder);
        Home.write(
                home.config(),
                Map.of(
                        "upstreams",
                        Map.of("away", Map.of("type", "http", "url", "http://127.0.0.1:1/mcp", "timeoutMs", 1_000))));
        try (HttpProcess server = HttpProcess.start(
                        home.database(), "--config", home.config().toString());
                HttpSession session = HttpSession.open(server.mcp(), null)) {
            session.tool("store", Map.of("user_id", "anna", "key", "tea", "value", "green"));
            session.tool("retrieve", Map.of("user_id", "anna", "key", "tea"));
            session.tool("retrieve", Map.of("user_id", "anna"));
            assertThat(session.tool("no_such_tool_at_all", Map.of())
                            .at("/error/code")
                            .asInt())
                    .isEqualTo(-32602);
            assertThat(get(server, "/nothing").statusCode()).isEqualTo(404);
            HttpResponse<String> metrics = get(server, "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
            assertThat(metrics.body())
                    .contains("# TYPE unified_memory_call_seconds histogram")
                    .containsPattern(
                            "unified_memory_call_seconds_count\\{outcome=\"(ok|incomplete)\",tool=\"store\"} 1")
                    .contains("unified_memory_call_seconds_count{outcome=\"rejected\",tool=\"retrieve\"} 1")
                    .contains("unified_memory_call_seconds_bucket{", "le=\"+Inf\"")
                    .contains("unified_memory_backend_call_seconds_count{backend=\"sqlite\",outcome=\"ok\"}")
                    .containsPattern("unified_memory_breaker_state\\{backend=\"away\",state=\"(closed|open)\"} 1")
                    .contains("unified_memory_outbox_pending{backend=\"away\"} 1.0")
                    .contains("unified_memory_outbox_dead_letters{backend=\"away\"} 0.0")
                    .contains("unified_memory_sessions{transport=\"streamable\"} 1.0")
                    .contains("unified_memory_refused_requests_total{status=\"404\"} 1.0")
                    .contains("unified_memory_heap_bytes{part=\"used\"}")
                    .doesNotContain("no_such_tool_at_all", "anna", folder.toString());
        }
    }

    @Test
    void readinessNamesBackendsAndFailsWhenNobodyTakesAWrite() throws Exception {
        Path database = folder.resolve("data/memory.db");
        Files.createDirectories(database.getParent());
        try (HttpProcess server = HttpProcess.start(database)) {
            assertThat(get(server, "/healthz").body()).isEqualTo("ok\n");
            HttpResponse<String> ready = get(server, "/readyz");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(Json.parseObject(ready.body()))
                    .isEqualTo(Map.of("ready", true, "backends", Map.of("sqlite", true)));
        }
        Path blocked = folder.resolve("blocked");
        Files.writeString(blocked, "a file where a folder is needed");
        try (HttpProcess server = HttpProcess.start(blocked.resolve("memory.db"))) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = get(server, "/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(Json.parseObject(ready.body()))
                    .isEqualTo(Map.of("ready", false, "backends", Map.of("sqlite", false)));
        }
    }

    @Test
    void withTokensProbesAreOpenAndMetricsNeedATokenForAllUsers() throws Exception {
        Path database = folder.resolve("memory.db");
        String one = token(database, "--user", "anna");
        String all = token(database, "--all-users", "--read-only");
        try (HttpProcess server = HttpProcess.start(database)) {
            assertThat(get(server, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(401);
            assertThat(get(server, "/metrics", "Authorization", "Bearer forged").statusCode())
                    .isEqualTo(401);
            assertThat(get(server, "/metrics", "Authorization", "Bearer " + one).statusCode())
                    .isEqualTo(403);
            HttpResponse<String> metrics = get(server, "/metrics", "Authorization", "Bearer " + all);
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.body())
                    .contains(
                            "unified_memory_refused_requests_total{status=\"401\"} 2.0",
                            "unified_memory_refused_tokens_total{reason=\"invalid\"} 1.0",
                            "unified_memory_refused_requests_total{status=\"403\"} 1.0");
        }
    }

    private static String token(Path database, String... words) {
        String[] command = new String[words.length + 4];
        command[0] = "token";
        command[1] = "create";
        System.arraycopy(words, 0, command, 2, words.length);
        command[words.length + 2] = "--db";
        command[words.length + 3] = database.toString();
        Launch.Finished made = Launch.jar(command).run();
        assertThat(made.exitCode()).as(made.stderr()).isZero();
        return made.stdout()
                .lines()
                .filter(line -> line.startsWith("umt_"))
                .findFirst()
                .orElseThrow();
    }
}
