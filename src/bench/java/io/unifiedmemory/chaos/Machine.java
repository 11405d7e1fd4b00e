package io.unifiedmemory.chaos;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One database with all that is around it: its configuration, its clock, its disk and its way to the upstream.
 * Thread-safe.
 */
final class Machine implements AutoCloseable {

    private final int number;
    private final Path folder;
    private final Mix mix;
    private final Optional<MachineClock> clock;
    private final Optional<SmallDisk> disk;
    private final Optional<FaultyProxy> proxy;

    /** @param proxy the way to an upstream over HTTP */
    Machine(int number, Path runFolder, Mix mix, Map<String, Object> upstream, Optional<FaultyProxy> proxy) {
        this.number = number;
        this.folder = runFolder.resolve("machine-" + number);
        this.mix = mix;
        this.proxy = proxy;
        try {
            Files.createDirectories(data());
            Files.writeString(config(), Json.write(Map.of("upstreams", Map.of(World.UPSTREAM, upstream))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        clock = mix.skewed() ? Optional.of(new MachineClock(folder.resolve("clock"))) : Optional.empty();
        disk = mix.smallDisk() ? Optional.of(new SmallDisk(data())) : Optional.empty();
    }

    int number() {
        return number;
    }

    private Path data() {
        return folder.resolve("data");
    }

    Path database() {
        return data().resolve("memory.db");
    }

    private Path config() {
        return folder.resolve("config.json");
    }

    Optional<MachineClock> clock() {
        return clock;
    }

    Optional<SmallDisk> disk() {
        return disk;
    }

    Optional<FaultyProxy> proxy() {
        return proxy;
    }

    /** A server with the upstream. */
    ServerProcess start(int server, boolean sqlite) {
        List<String> arguments =
                new ArrayList<>(List.of("--db", database().toString(), "--config", config().toString()));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("--wait", mix.waitsLocally() ? "local" : "all");
        options.put("--read", mix.freshest() ? "freshest" : "priority");
        options.put("--sqlite-enabled", Boolean.toString(sqlite));
        options.forEach((flag, value) -> arguments.addAll(List.of(flag, value)));
        return new ServerProcess(
                arguments,
                clock.map(MachineClock::environment).orElse(Map.of()),
                folder.resolve("server-" + server + ".log"));
    }

    @Override
    public void close() {
        proxy.ifPresent(FaultyProxy::close);
        disk.ifPresent(SmallDisk::close);
    }
}
