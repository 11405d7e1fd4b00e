package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.ClientMessages;
import io.unifiedmemory.harness.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code token}, and what it means for a server that runs. */
class TokenIT {

    private static final int WRONG_USE = 2;

    @TempDir
    private Path folder;

    private Launch.Finished run(String arguments) {
        return Launch.jar(arguments.split(" ", -1))
                .env("UNIFIED_MEMORY_DB", new Home(folder).database().toString())
                .run();
    }

    @Test
    void aTokenIsPrintedOnceListedWithoutItsSecretAndRevokedInARunningServer() throws Exception {
        Launch.Finished created = run("token create --user anna --user=bob --read-only --name laptop --expires 30d");
        assertThat(created.exitCode()).as(created.stderr()).isZero();
        String token = created.stdout().strip();
        assertThat(token).matches("umt_[0-9a-f]{12}_[A-Za-z0-9_-]{43}");
        Launch.Finished list = run("token list");
        assertThat(list.stdout())
                .contains("users anna, bob", "read", "laptop", "until ")
                .doesNotContain(token.substring(20));
        assertThat(Files.readString(folder.resolve("tokens.json"))).doesNotContain(token.substring(20));
        try (HttpProcess server = HttpProcess.start(new Home(folder).database(), "--log-level", "debug")) {
            assertThat(status(server, token)).isEqualTo(200);
            assertThat(status(server, "umt_0")).isEqualTo(401);
            assertThat(run("token list").stdout()).contains("  used ");
            Launch.Finished revoked = run("token revoke laptop");
            assertThat(revoked.exitCode()).isZero();
            assertThat(revoked.stderr()).contains("last token", "remove " + folder.resolve("tokens.json"));
            assertThat(status(server, token)).isEqualTo(401);
            assertThat(server.stderr()).contains("holds no token");
            assertThat(server.stderr()).doesNotContain(token.substring(20));
        }
        assertThat(run("token revoke laptop").exitCode()).isEqualTo(1);
    }

    @Test
    void aTokenThatThereIsNotIsNoReasonToCloseTheServer() throws Exception {
        try (HttpProcess server = HttpProcess.start(new Home(folder).database())) {
            Launch.Finished wrong = run("token revoke nope");
            assertThat(wrong.exitCode()).isEqualTo(1);
            assertThat(wrong.stderr()).contains("there is no token nope");
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.startsWith("tokens.json"));
            }
            assertThat(status(server, "umt_0")).isEqualTo(200);

            assertThat(run("token create --user anna --name one").exitCode()).isZero();
            awaitStatus(server, 503);
            assertThat(run("token revoke one").exitCode()).isZero();
            assertThat(status(server, "umt_0"))
                    .as("an empty file keeps it closed")
                    .isEqualTo(503);
            Files.delete(folder.resolve("tokens.json"));
            awaitStatus(server, 200);
            assertThat(server.stderr()).contains("has been created", "has been removed");
        }
    }

    /** An open server looks once a second whether there are tokens by now. */
    private static void awaitStatus(HttpProcess server, int wanted) {
        Eventually.await(
                () -> {
                    try {
                        return status(server, "umt_0") == wanted;
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                server::stderr);
    }

    private static int status(HttpProcess server, String token) throws IOException, InterruptedException {
        HttpRequest initialize = HttpRequest.newBuilder(URI.create(server.mcp()))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(ClientMessages.initialize(1)))
                .build();
        return HttpClient.newHttpClient()
                .send(initialize, BodyHandlers.discarding())
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token",
                "token make",
                "token list all",
                "token revoke",
                "token create",
                "token create --user",
                "token create --user a --all-users",
                "token create --all-users --expires yesterday",
                "token create --all-users --expires 2001-01-01",
                "token create --all-users --scope admin"
            })
    void wrongUseIsOneLineAndMakesNoToken(String arguments) {
        Launch.Finished wrong = run(arguments);
        assertThat(wrong.exitCode()).isEqualTo(WRONG_USE);
        assertThat(wrong.stdout()).isEmpty();
        assertThat(wrong.stderr().lines()).hasSize(1);
        assertThat(folder.resolve("tokens.json")).doesNotExist();
    }

    @Test
    void theNetworkIsNotListenedOnWithoutTokens() {
        Launch.Finished refused = run("serve --http 0.0.0.0:0");
        assertThat(refused.exitCode()).isEqualTo(WRONG_USE);
        assertThat(refused.stderr()).contains("token create", "--http-allow-unauthenticated");
    }
}
