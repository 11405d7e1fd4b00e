package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.MemoryBackend;
import io.unifiedmemory.memory.MemoryBackendContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The real reference server as a child process. */
class KnowledgeGraphBackendIT extends MemoryBackendContract {

    @TempDir
    Path folder;

    @Override
    protected MemoryBackend open() {
        return NodeServers.backend(NodeServers.referenceServer(folder.resolve("memory.jsonl")), null);
    }
}
