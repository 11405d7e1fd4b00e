package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.http.ConformanceServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The MCP project's own conformance suite, without a list of failures that would be expected. It speaks HTTP only; its
 * rules for standard input and output are in {@code StatelessOverStdioTest}.
 */
class ConformanceIT {

    /** Of the features that this server offers, the scenarios that ask for nothing made for the suite. */
    private static final List<String> OF_SESSIONS = List.of(
            "server-initialize",
            "ping",
            "logging-set-level",
            "tools-list",
            "server-sse-multiple-streams",
            "server-session-lifecycle",
            "dns-rebinding-protection");

    /** Likewise, where every request stands alone. */
    private static final List<String> STATELESS = List.of(
            "tools-list",
            "caching",
            "http-header-validation",
            "sep-2164-resource-not-found",
            "server-sse-multiple-streams",
            "input-required-result-unsupported-methods",
            "dns-rebinding-protection");

    @TempDir
    private Path folder;

    @Test
    void theTransportWithTheSuitesFixturesMeetsEveryRequirementOfBothEras() throws IOException {
        try (ConformanceServer server = new ConformanceServer()) {
            String url = server.start();
            assertAllPass(conformance(url, "--requirements", "2025-11-25"), 30);
            assertAllPass(conformance(url, "--requirements", "2026-07-28"), 37);
        }
    }

    /** The suite also runs what it does not count, such as extensions, and tells that apart by its exit code. */
    private static void assertAllPass(Launch.Finished suite, int required) {
        assertThat(suite.exitCode()).as(suite.stdout() + suite.stderr()).isZero();
        assertThat(suite.stdout().lines().filter(line -> line.startsWith("✓")))
                .as(suite.stdout())
                .hasSizeGreaterThanOrEqualTo(required);
    }

    @Test
    void theServerPassesWhatNeedsNoFixture() {
        try (HttpProcess server = HttpProcess.start(folder.resolve("memory.db"))) {
            assertPass(conformance(server.mcp(), "--requirements", "2025-11-25"), OF_SESSIONS);
            assertPass(conformance(server.mcp(), "--requirements", "2026-07-28"), STATELESS);
        }
    }

    /** The whole set is run, because that takes no longer than one scenario. */
    private static void assertPass(Launch.Finished run, List<String> scenarios) {
        for (String scenario : scenarios) {
            assertThat(run.stdout().lines())
                    .as(run.stdout() + run.stderr())
                    .anyMatch(line -> line.matches("✓ " + scenario + ": [1-9]\\d* passed, 0 failed"));
        }
    }

    private static Launch.Finished conformance(String url, String... which) {
        List<String> arguments =
                new ArrayList<>(List.of(NodePackages.command("conformance").toString(), "server", "--url", url));
        arguments.addAll(Arrays.asList(which));
        return Launch.of(NodePackages.node22(), arguments.toArray(String[]::new))
                .run();
    }
}
