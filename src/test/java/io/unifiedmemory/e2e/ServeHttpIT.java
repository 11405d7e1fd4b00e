package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.harness.ClientMessages;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code serve --http}, from outside. */
class ServeHttpIT {

    private static final String INITIALIZE = ClientMessages.initialize(1);
    private static final Path JAVA_BIN = Path.of(System.getProperty("java.home"), "bin");

    @TempDir
    private Path folder;

    @Test
    void theServerOnStdioLoadsNothingOfItAndOfTheOtherEra() throws IOException {
        Path classes = folder.resolve("classes.txt");
        Launch stdio = Launch.of(
                JAVA_BIN.resolve("java"),
                "-Xlog:class+load:file=" + classes,
                "-jar",
                BuiltJar.path(),
                "--db",
                folder.resolve("memory.db").toString());
        try (McpProcess process = stdio.start()) {
            process.initialize();
            process.ask("store", Map.of("user_id", "anna", "key", "tea", "value", "green"));
        }
        assertThat(Files.readAllLines(classes))
                .anyMatch(line -> line.contains("io.unifiedmemory.mcp.stdio.StdioTransport"))
                .noneMatch(line -> line.contains("org.eclipse.jetty")
                        || line.contains("jakarta.")
                        || line.contains("io.prometheus")
                        || line.contains("io.unifiedmemory.monitoring")
                        || line.contains("io.unifiedmemory.mcp.stateless")
                        // A lambda that would read the options names their class.
                        || (line.contains("io.unifiedmemory.http") && !line.contains("http.HttpOptions ")));
    }

    @Test
    void anAddressOfTheNetworkNeedsAuthenticationOrAPlainWord() {
        Launch.Finished refused = Launch.jar(
                        "serve",
                        "--http",
                        "0.0.0.0:0",
                        "--db",
                        folder.resolve("memory.db").toString())
                .run();
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.stderr()).contains("0.0.0.0:0", "--http-allow-unauthenticated");
        assertThat(refused.stderr().lines()).hasSize(1);
    }

    @Test
    void behindAProxyItNeedsAuthenticationToo() {
        Launch.Finished refused = Launch.jar(
                        "serve",
                        "--http=127.0.0.1:0",
                        "--http-trust-forwarded",
                        "true",
                        "--db",
                        folder.resolve("memory.db").toString())
                .run();
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.stderr()).contains("proxy", "--http-allow-unauthenticated");
    }

    @Test
    void theFirstLineSaysWhetherTokensAreNeeded() {
        try (HttpProcess open = HttpProcess.start(folder.resolve("memory.db"))) {
            assertThat(open.stderr()).contains("no token is needed");
        }
        Path tokens = folder.resolve("not-there.json");
        try (HttpProcess closed =
                HttpProcess.start(folder.resolve("memory.db"), "--auth-token-file", tokens.toString())) {
            assertThat(closed.stderr()).contains("every client needs a token of " + tokens);
        }
    }

    @Test
    void aPortThatIsTakenIsOneClearLine() {
        try (HttpProcess first = HttpProcess.start(folder.resolve("memory.db"))) {
            String address = URI.create(first.mcp()).getAuthority();
            Launch.Finished second = Launch.jar(
                            "serve",
                            "--http",
                            address,
                            "--db",
                            folder.resolve("other.db").toString())
                    .run();
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.stderr().lines()).hasSize(1);
            assertThat(second.stderr()).contains("cannot listen on " + address);
        }
    }

    @Test
    void withAKeystoreItSpeaksTls() throws Exception {
        Path keystore = folder.resolve("keys.p12");
        Launch.Finished made = Launch.of(
                        JAVA_BIN.resolve("keytool"),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        "changeit")
                .run();
        assertThat(made.exitCode()).as(made.stderr() + made.stdout()).isZero();
        try (HttpProcess server = HttpProcess.start(
                folder.resolve("memory.db"),
                "--http-keystore",
                keystore.toString(),
                "--http-keystore-password",
                "changeit")) {
            assertThat(server.mcp()).startsWith("https://");
            HttpClient client =
                    HttpClient.newBuilder().sslContext(trusting(keystore)).build();
            HttpResponse<String> reply = client.send(
                    HttpRequest.newBuilder(URI.create(server.mcp()))
                            .header("Content-Type", "application/json")
                            .header("Accept", "application/json, text/event-stream")
                            .POST(HttpRequest.BodyPublishers.ofString(INITIALIZE))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            assertThat(reply.headers().firstValue("Mcp-Session-Id")).isPresent();
            assertThat(server.stderr()).doesNotContain("changeit");
        }
    }

    @Test
    void itEndsWhenItIsToldTo() throws InterruptedException {
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"))) {
            assertThat(server.end()).as("ended by SIGTERM").isEqualTo(128 + 15);
            assertThat(server.stderr()).doesNotContain("Exception", "unanswered");
        }
    }

    @Test
    void aHangUpDoesNotEndIt() throws Exception {
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"), "--log-level", "info")) {
            for (int i = 0; i < 2; i++) {
                Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start();
                assertThat(kill.waitFor()).isZero();
            }
            // The line comes from the handler: without one the process is gone and this never ends but by the timeout.
            await(server, "SIGHUP");
            HttpResponse<String> reply = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.base() + "/healthz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(server.stderr().lines().filter(line -> line.contains("SIGHUP")))
                    .as("log lines have a date and a zone")
                    .allMatch(line -> line.matches(
                            "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}(Z|[+-]\\d{2}:\\d{2}) INFO  .*"));
        }
    }

    private static void await(HttpProcess server, String text) throws InterruptedException {
        long deadline = System.nanoTime() + McpProcess.PATIENCE.toNanos();
        while (!server.stderr().contains(text)) {
            assertThat(System.nanoTime()).as(server.stderr()).isLessThan(deadline);
            assertThat(ProcessHandle.of(server.pid()).isPresent())
                    .as("the server lives")
                    .isTrue();
            Thread.onSpinWait();
        }
    }

    private static SSLContext trusting(Path keystore) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            keys.load(in, "changeit".toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
