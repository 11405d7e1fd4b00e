package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.NodeServers;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** {@code mcp-memory-libsql}. */
class MemoryLibsqlIT extends DeclaredContractTest {

    @TempDir
    Path folder;

    @Override
    String preset() {
        return "mcp-memory-libsql";
    }

    @Override
    public MemoryBackend open() {
        String script = NodeServers.file("node_modules/mcp-memory-libsql/dist/index.js");
        String url = "file:" + folder.resolve("libsql.db");
        return NodeServers.declared(
                new ServerAddress.Stdio("node", List.of(script), Map.of("LIBSQL_URL", url)), preset());
    }
}
