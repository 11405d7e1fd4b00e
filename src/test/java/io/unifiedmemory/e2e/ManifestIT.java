package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifest in the hands of its own tools, and its environment as a client passes it on. */
class ManifestIT {

    @TempDir
    private Path folder;

    @Test
    void theBundlersValidatorAcceptsIt() {
        Launch.Finished validated = Launch.of(NodePackages.command("mcpb"), "validate", "mcp-manifest.json")
                .run();
        assertThat(validated.exitCode())
                .as(validated.stdout() + validated.stderr())
                .isZero();
    }

    /** Clients hand an option that the user left empty to the server as the unexpanded variable. */
    @Test
    void optionsThatTheUserLeftEmptyCountAsUnset() {
        Launch launch = new Home(folder)
                .local()
                .env("UNIFIED_MEMORY_DB", "${user_config.database}")
                .env("UNIFIED_MEMORY_DEFAULT_USER", "${user_config.default_user}")
                .env("UNIFIED_MEMORY_CONFIG", "${user_config.config}");
        try (McpProcess server = launch.start()) {
            server.initialize();
            assertThat(server.ask("health", Map.of()).path("status").asString()).isEqualTo("ok");
            assertThat(server.call("get_all", Map.of()).path("isError").asBoolean())
                    .as("there is no default user")
                    .isTrue();
        }
    }
}
