package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.NodeServers;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** {@code @modelcontextprotocol/server-redis}, over a Redis of its own. */
class RedisIT extends DeclaredContractTest {

    private static final Path PROGRAM = Path.of("/usr/bin/redis-server");

    private static Process redis;
    private static int port;

    @BeforeAll
    static void startRedis(@TempDir Path folder) throws Exception {
        assertThat(PROGRAM).as("Debian package redis-server").isExecutable();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        redis = new ProcessBuilder(
                        PROGRAM.toString(), "--bind", "127.0.0.1", "--port", String.valueOf(port), "--save", "")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String line = redis.inputReader()
                .lines()
                .filter(each -> each.contains("Ready to accept"))
                .findFirst()
                .orElse(null);
        assertThat(line).as("Redis on port " + port).isNotNull();
    }

    @AfterAll
    static void stopRedis() throws InterruptedException {
        if (redis != null) {
            redis.destroy();
            redis.waitFor();
        }
    }

    @Override
    String preset() {
        return "redis";
    }

    @Override
    public MemoryBackend open() throws IOException {
        String script = NodeServers.file("node_modules/@modelcontextprotocol/server-redis/dist/index.js");
        return NodeServers.declared(
                new ServerAddress.Stdio("node", List.of(script, "redis://127.0.0.1:" + port), Map.of()), preset());
    }
}
