package io.unifiedmemory.upstream.declared;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.upstream.NodeServers;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A preset against the server that it is for, which works in a folder of its own. */
abstract class RealServerContract extends DeclaredContractTest {

    @TempDir
    Path folder;

    /** The server's main file, below {@code src/test/node}. */
    abstract String script();

    List<String> arguments() {
        return List.of();
    }

    Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public final MemoryBackend open() {
        List<String> command = new ArrayList<>(List.of(
                "-c", "cd \"$1\" && shift && exec node \"$@\"", "sh", folder.toString(), NodeServers.file(script())));
        command.addAll(arguments());
        return NodeServers.declared(new ServerAddress.Stdio("sh", command, environment()), preset(), this::counted);
    }

    /** A read by the process that was written to proves nothing: it may hold everything in its memory alone. */
    @Test
    void whatWasStoredIsThereAfterTheServerWasKilled() throws Exception {
        MemoryEntry entry = store("key", "value");
        List<ProcessHandle> servers = ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(script()))
                .toList();
        assertThat(servers).as("processes of " + script()).isNotEmpty();
        for (ProcessHandle server : servers) {
            server.destroyForcibly();
            server.onExit().get(1, TimeUnit.MINUTES);
        }

        try (MemoryBackend again = open()) {
            assertThat(again.retrieve(user(), "key")).isEqualTo(new Lookup.Found(entry));
        }
    }
}
