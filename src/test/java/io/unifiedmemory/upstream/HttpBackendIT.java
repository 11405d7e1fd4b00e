package io.unifiedmemory.upstream;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The real reference server over Streamable HTTP, one for all tests, which start with an empty file. */
class HttpBackendIT extends MemoryBackendContract {

    private static Path file = Path.of("memory.jsonl");
    private static @Nullable HttpMemory server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        file = folder.resolve("memory.jsonl");
        server = new HttpMemory(file, 0);
    }

    @AfterAll
    static void stop() {
        Objects.requireNonNull(server).close();
    }

    @Override
    public MemoryBackend open() throws IOException {
        Files.deleteIfExists(file);
        URI url = URI.create("http://127.0.0.1:" + Objects.requireNonNull(server).port + "/mcp");
        return NodeServers.backend(new ServerAddress.Http(url, Map.of("X-Api-Key", "secret")), null);
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return Set.of(Capability.KEEP, Capability.SEARCH, Capability.LIST);
    }
}
