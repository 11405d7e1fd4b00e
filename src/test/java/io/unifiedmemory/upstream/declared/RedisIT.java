package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** {@code @modelcontextprotocol/server-redis}, over a Redis of its own. */
class RedisIT extends RealServerContract {

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
    String script() {
        return "node_modules/@modelcontextprotocol/server-redis/dist/index.js";
    }

    @Override
    List<String> arguments() {
        return List.of("redis://127.0.0.1:" + port);
    }
}
