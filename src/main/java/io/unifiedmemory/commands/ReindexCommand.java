package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.SqliteStore;
import java.nio.file.Files;
import java.util.List;

/** {@code reindex}: builds the search index of the local database anew, while others go on using it. */
final class ReindexCommand implements Command {

    private static final int BAR_CHARS = 40;

    ReindexCommand(List<String> words) {
        if (!words.isEmpty()) {
            throw new UsageException("reindex takes no arguments, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        try (SqliteStore store = SqliteStore.of(config.sqlite(), WaitListener.NONE)) {
            if (Files.notExists(store.path())) {
                streams.err()
                        .println("unified-memory: there is no database " + store.path()
                                + " (name the right one with --db)");
                return FAILED;
            }
            ProgressLine progress =
                    new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
            store.rebuildIndex(percent -> progress.show(bar(percent)));
            progress.end();
            streams.printer().println("the search index of " + store.path() + " was built anew");
            return 0;
        }
    }

    private static String bar(int percent) {
        int done = BAR_CHARS * percent / 100;
        return "[" + "#".repeat(done) + " ".repeat(BAR_CHARS - done) + "] " + percent + " percent";
    }
}
