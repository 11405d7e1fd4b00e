package io.unifiedmemory.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProtectedResourcesTest {

    @Test
    void theEndpointsAndTheWholeServerAreResources() {
        assertThat(ProtectedResources.byPath(URI.create("https://memory.example.org:8443/mcp")))
                .isEqualTo(Map.of(
                        "", "https://memory.example.org:8443",
                        "/mcp", "https://memory.example.org:8443/mcp",
                        "/sse", "https://memory.example.org:8443/sse"));
    }

    /** What the metadata names must be what tokens are accepted for, so the inner path names the outer address. */
    @Test
    void behindAProxyThatChangesPathsTheAddressOutsideCounts() {
        assertThat(ProtectedResources.byPath(URI.create("https://example.org/team/memory")))
                .isEqualTo(Map.of(
                        "", "https://example.org",
                        "/mcp", "https://example.org/team/memory",
                        "/team/memory", "https://example.org/team/memory",
                        "/sse", "https://example.org/sse"));
    }

    @Test
    void theMainResourceMayBeAWholeHost() {
        assertThat(ProtectedResources.byPath(URI.create("https://memory.example.org")))
                .containsEntry("", "https://memory.example.org")
                .containsEntry("/mcp", "https://memory.example.org");
    }
}
