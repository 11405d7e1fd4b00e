package io.unifiedmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.http.HttpOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in over HTTP, as the configuration says it. */
class AccessConfigTest {

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void database() {
        environment.put("UNIFIED_MEMORY_DB", folder.resolve("memory.db").toString());
    }

    private AccessOptions load(String... arguments) {
        Map<Setting, String> flags =
                CommandLine.parse(List.of(arguments), option -> false).flags();
        return new ConfigLoader(flags, environment, "Linux", "/home/me")
                .load()
                .access()
                .get();
    }

    private boolean authenticates(String... arguments) {
        AccessOptions access = load(arguments);
        return access.authenticates(new TokenFile(Objects.requireNonNull(access.tokenFile()), Clock.systemUTC()));
    }

    private HttpOptions http(String... arguments) {
        Map<Setting, String> flags =
                CommandLine.parse(List.of(arguments), option -> false).flags();
        return new ConfigLoader(flags, environment, "Linux", "/home/me")
                .load()
                .http()
                .get();
    }

    private void issuer() {
        environment.put("UNIFIED_MEMORY_AUTH_ISSUER", "https://login.example.org");
        environment.put("UNIFIED_MEMORY_AUTH_JWKS_URI", "https://login.example.org/jwks");
        environment.put("UNIFIED_MEMORY_AUTH_RESOURCE", "https://memory.example.org/mcp");
    }

    @Test
    void tokensAreBesideTheDatabaseAndNeededOnceThereAreAny() throws Exception {
        assertThat(load().tokenFile()).isEqualTo(folder.resolve("tokens.json"));
        assertThat(authenticates()).isFalse();
        assertThat(authenticates("--auth-required")).isTrue();
        Files.writeString(folder.resolve("tokens.json"), "{\"tokens\":[]}");
        assertThat(authenticates()).isTrue();
    }

    @Test
    void whoNamesATokenFileWantsTokensWhetherItIsThereOrNot() {
        assertThat(authenticates("--auth-token-file", "/elsewhere/t")).isTrue();
    }

    @Test
    void aTokenFileOfWhichNobodyKnowsWhetherItIsThereIsOne() throws Exception {
        Files.createSymbolicLink(folder.resolve("tokens.json"), folder.resolve("gone"));
        assertThat(authenticates()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--http-address=127.0.0.1:1, false",
        "--http-address=localhost, false",
        "--http-address=0.0.0.0, true",
        "--http-trust-forwarded, true",
        "--http-allowed-hosts=memory.example.org, true",
        "--http-allowed-hosts=*, true",
        "--http-allowed-hosts=localhost, false"
    })
    void aServerIsExposedByItsAddressOrByAProxyBeforeIt(String flag, boolean exposed) {
        assertThat(http(flag).isExposed()).isEqualTo(exposed);
    }

    @Test
    void aSwitchTakesATruthValueToo() {
        assertThat(http("--http-sse", "false").sse()).isFalse();
        assertThat(http("--http-sse=false").sse()).isFalse();
        CommandLine line = CommandLine.parse(
                List.of("--http-trust-forwarded", "true", "serve", "--http-sse", "word"), option -> false);
        assertThat(line.words()).containsExactly("serve", "word");
        assertThat(line.flags())
                .containsEntry(Setting.HTTP_TRUST_FORWARDED, "true")
                .containsEntry(Setting.HTTP_SSE, "true");
    }

    /** They are said twice, so that no start over standard input loads what the server over HTTP needs. */
    @Test
    void theDefaultsOfTheOptionsAreThoseOfTheSettings() {
        assertThat(http()).isEqualTo(HttpOptions.DEFAULT);
    }

    @Test
    void anAddressThatIsNoneIsBlamedOnItsOptionAndWhereItWasSet() {
        assertThatThrownBy(() -> http("--http-address=localhost:70000"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("http.address: ")
                .hasMessageContaining("70000")
                .hasMessageEndingWith("(from --http-address)");
    }

    @Test
    void aPasswordWithoutAKeystoreIsAMistake() {
        assertThatThrownBy(() -> http("--http-keystore-password", "changeit"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("http.keystore")
                .hasMessageNotContaining("changeit");
    }

    @Test
    void anIssuerNeedsKeysAndAnAudienceWhichIsTheResourceUnlessSaidOtherwise() {
        issuer();
        AccessOptions.Jwt jwt = load().jwt();
        assertThat(jwt)
                .isEqualTo(new AccessOptions.Jwt(
                        "https://login.example.org",
                        Set.of(
                                "https://memory.example.org/mcp",
                                "https://memory.example.org/sse",
                                "https://memory.example.org"),
                        URI.create("https://login.example.org/jwks"),
                        Set.of("RS256", "ES256"),
                        "sub",
                        512,
                        "memory:read",
                        "memory:write",
                        null));
        assertThat(authenticates()).isTrue();
        assertThat(load("--auth-audience", "api")).extracting("jwt.audiences").isEqualTo(Set.of("api"));
        assertThat(load("--max-name-chars", "40"))
                .extracting("jwt.maxUserIdChars")
                .isEqualTo(40);
        environment.remove("UNIFIED_MEMORY_AUTH_RESOURCE");
        assertThatThrownBy(() -> load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auth.audience is needed");
        environment.remove("UNIFIED_MEMORY_AUTH_JWKS_URI");
        assertThatThrownBy(() -> load("--auth-audience", "api"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auth.jwksUri is needed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "HS256", "RS256,HS256", "RS256,", "rs256", "EdDSA"})
    void onlyAlgorithmsWithAKeyPairCanBeListed(String algorithms) {
        issuer();
        environment.put("UNIFIED_MEMORY_AUTH_ALGORITHMS", algorithms);
        assertThatThrownBy(() -> load()).isInstanceOf(ConfigException.class).hasMessageContaining("auth.algorithms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://login.example.org/jwks", "http://127.0.0.1.example.org/jwks", "file:///jwks", "jwks"})
    void keysComeOverHttpsOrFromThisMachine(String address) {
        issuer();
        environment.put("UNIFIED_MEMORY_AUTH_JWKS_URI", "http://127.0.0.1:8080/jwks");
        assertThat(load().jwt()).isNotNull();
        environment.put("UNIFIED_MEMORY_AUTH_JWKS_URI", address);
        assertThatThrownBy(() -> load()).isInstanceOf(ConfigException.class).hasMessageContaining("auth.jwksUri");
    }
}
