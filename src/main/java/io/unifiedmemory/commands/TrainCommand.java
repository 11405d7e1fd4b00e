package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.launch.StartArchive;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code train [remove]}: makes the archive that shortens the start, or deletes it with what else was kept for later starts.
 * Needs the launcher, which knows where it belongs.
 */
final class TrainCommand implements Command {

    private final boolean remove;
    private final Map<String, String> environment;

    TrainCommand(List<String> words, Map<String, String> environment) {
        this.environment = environment;
        remove = words.equals(List.of("remove"));
        if (!remove && !words.isEmpty()) {
            throw new UsageException("train takes nothing or remove, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        StartArchive archive = StartArchive.ofLauncher();
        if (archive == null) {
            throw new UsageException("train makes the archive of an installation: run it as unified-memory train, the"
                    + " launcher that scripts/install puts in place (from a path without a colon or a per cent sign)");
        }
        try {
            if (remove) {
                archive.remove();
                Stores.removePrepared(config.database(), environment);
                return 0;
            }
            streams.printer()
                    .println(
                            archive.make()
                                    ? archive.file() + " is in place"
                                    : "another process is making " + archive.file());
            return 0;
        } catch (IOException e) {
            streams.err()
                    .println("unified-memory: " + archive.file() + " cannot be " + (remove ? "deleted" : "made") + ": "
                            + e + "; the server works without it and starts more slowly");
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }
}
