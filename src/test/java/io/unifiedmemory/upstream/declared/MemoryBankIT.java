package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.NodeServers;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** {@code @allpepper/memory-bank-mcp}. */
class MemoryBankIT extends DeclaredContractTest {

    @TempDir
    Path folder;

    @Override
    String preset() {
        return "memory-bank";
    }

    @Override
    public MemoryBackend open() {
        String script = NodeServers.file("node_modules/@allpepper/memory-bank-mcp/dist/main/index.js");
        return NodeServers.declared(
                new ServerAddress.Stdio("node", List.of(script), Map.of("MEMORY_BANK_ROOT", folder.toString())),
                preset());
    }
}
