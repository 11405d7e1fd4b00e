package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

/** The real reference server as a child process. */
class KnowledgeGraphBackendIT extends MemoryBackendContract {

    @TempDir
    Path folder;

    @Override
    public MemoryBackend open() {
        return NodeServers.backend(NodeServers.referenceServer(folder.resolve("memory.jsonl")), null);
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return Set.of(Capability.KEEP, Capability.SEARCH, Capability.LIST);
    }
}
