package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.BuiltJar;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another instance of this server, the built jar, as a child process. */
class UnifiedBackendIT extends MemoryBackendContract {

    @TempDir
    Path folder;

    @Test
    void isFoundToKeepVersionsAlsoWhenNobodySaidSo() {
        try (MemoryBackend recognised = open("auto")) {
            assertThat(recognised.capabilities()).doesNotContain(Capability.VERSIONS);
            assertThat(recognised.check().up()).isTrue();
            assertThat(recognised.capabilities()).contains(Capability.VERSIONS);
        }
    }

    @Override
    public MemoryBackend open() {
        return open("unified");
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public boolean sweeps() {
        return true;
    }

    private MemoryBackend open(String contract) {
        List<String> command =
                BuiltJar.command(List.of("--db", folder.resolve("upstream.db").toString()));
        return NodeServers.backend(
                new ServerAddress.Stdio(command.get(0), command.subList(1, command.size()), Map.of()),
                contract,
                UpstreamOptions.DEFAULT_CALL_TIMEOUT);
    }
}
