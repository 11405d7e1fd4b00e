package io.unifiedmemory.upstream;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.upstream.contract.Tools;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The servers that run in Node.js, as npm installed them. A missing one is an error, never a skip. */
public final class NodeServers {

    private NodeServers() {}

    /** The command of the real reference server on a memory file. */
    static ServerAddress.Stdio referenceServer(Path memoryFile) {
        String script = file("node_modules/@modelcontextprotocol/server-memory/dist/index.js");
        return new ServerAddress.Stdio("node", List.of(script), Map.of("MEMORY_FILE_PATH", memoryFile.toString()));
    }

    /** A script of src/test/node, or something that npm installed there. */
    public static String file(String name) {
        String folder = BuiltJar.required("unified-memory.node");
        Path file = Path.of(folder, name);
        if (!Files.exists(file)) {
            throw new AssertionError(file + " is missing: run scripts/test, or npm ci in " + folder);
        }
        return file.toString();
    }

    public static UpstreamBackend backend(ServerAddress transport, @Nullable String defaultUser) {
        return new UpstreamBackend(
                new UpstreamOptions(
                        "test",
                        transport,
                        UpstreamOptions.AUTO,
                        UpstreamOptions.DEFAULT_CONNECT_TIMEOUT,
                        UpstreamOptions.DEFAULT_CALL_TIMEOUT,
                        defaultUser),
                () -> null);
    }

    public static UpstreamBackend backend(ServerAddress transport, String contract, Duration callTimeout) {
        return new UpstreamBackend(
                new UpstreamOptions(
                        "test", transport, contract, UpstreamOptions.DEFAULT_CONNECT_TIMEOUT, callTimeout, null),
                () -> null);
    }

    /** A backend by a contract that is declared as data, of whose calls a test hears. */
    public static UpstreamBackend declared(ServerAddress transport, String preset, UnaryOperator<Tools> observer) {
        return UpstreamBackend.observed(
                new UpstreamOptions(
                        "test",
                        transport,
                        preset,
                        UpstreamOptions.DEFAULT_CONNECT_TIMEOUT,
                        UpstreamOptions.DEFAULT_CALL_TIMEOUT,
                        null),
                observer);
    }
}
