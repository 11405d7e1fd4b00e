package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.upstream.link.ServerAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamOptionsTest {

    private static final URI URL = URI.create("https://me:pass@host:8443/mcp?token=hidden");

    @Test
    void textsShowNoSecrets() {
        Map<String, String> secret = Map.of("Authorization", "hidden");

        for (ServerAddress transport : List.of(
                new ServerAddress.Stdio("npx", List.of("-y", "server"), secret),
                new ServerAddress.Http(URL, secret),
                new ServerAddress.Sse(URL, secret))) {
            assertThat(options(transport, UpstreamOptions.AUTO).toString()).doesNotContain("hidden", "pass");
        }
        assertThat(new ServerAddress.Stdio("npx", List.of("-y", "server"), secret))
                .hasToString("npx -y server");
        assertThat(new ServerAddress.Http(URL, secret)).hasToString("https://host:8443/mcp");
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> options(new ServerAddress.Stdio("x", List.of(), Map.of()), "graph"))
                .hasMessageStartingWith("contract is one of auto, knowledge-graph, unified, memory-bank, ")
                .hasMessageEndingWith(", not graph");
        assertThatThrownBy(() -> new ServerAddress.Http(URI.create("localhost/mcp"), Map.of()))
                .hasMessageContaining("absolute http");
        assertThatThrownBy(() -> new ServerAddress.Sse(URI.create("ftp://host/"), Map.of()))
                .hasMessageContaining("absolute http");
        assertThatThrownBy(() -> new ServerAddress.Stdio(" ", List.of(), Map.of()))
                .hasMessageContaining("command");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret\r", "s3cret\n", "s3c\u0000ret", "s3c\u2019ret", "s3cret\u007f"})
    void aHeaderThatCannotBeSentIsToldByItsName(String value) {
        assertThatThrownBy(() -> new ServerAddress.Http(URI.create("http://h/"), Map.of("Authorization", value)))
                .hasMessageContaining("headers.Authorization has a character that no header can have")
                .hasMessageNotContaining("s3c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "content-length", "a b", "", "a:"})
    void aHeaderThatIsNotOursToSetIsRefused(String name) {
        assertThatThrownBy(() -> new ServerAddress.Sse(URI.create("http://h/"), Map.of(name, "s3cret")))
                .hasMessageContaining("headers." + name + " is ")
                .hasMessageNotContaining("s3c");
    }

    @Test
    void aVariableThatCannotBeSetIsToldByItsName() {
        assertThatThrownBy(() -> new ServerAddress.Stdio("x", List.of(), Map.of("TOKEN", "s3c\u0000ret")))
                .hasMessageContaining("env.TOKEN cannot be set")
                .hasMessageNotContaining("s3c");
    }

    private static UpstreamOptions options(ServerAddress transport, String contract) {
        return new UpstreamOptions("name", transport, contract, Duration.ofSeconds(1), Duration.ofSeconds(1), null);
    }
}
