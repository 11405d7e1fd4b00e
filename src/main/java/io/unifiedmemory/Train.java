package io.unifiedmemory;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.server.StandardStreams;
import java.io.IOException;
import java.util.List;

/** {@code train}: makes the archive that shortens the start. Needs the launcher, which knows where it belongs. */
final class Train implements Command {

    Train(List<String> words) {
        if (!words.isEmpty()) {
            throw new UsageException("train takes no arguments, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        StartArchive archive = StartArchive.ofLauncher();
        if (archive == null) {
            throw new UsageException("train makes the archive of an installation: run it as unified-memory train, the"
                    + " launcher that scripts/install puts in place (from a path without colons)");
        }
        try {
            streams.printer()
                    .println(
                            archive.make()
                                    ? archive.file() + " is in place"
                                    : "another process is making " + archive.file());
            return 0;
        } catch (IOException e) {
            streams.err()
                    .println("unified-memory: " + archive.file() + " cannot be made: " + e
                            + "; the server works without it and starts more slowly");
            return Main.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Main.FAILED;
        }
    }
}
