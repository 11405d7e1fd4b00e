package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
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
        try (SqliteDatabase database = new SqliteDatabase(config.sqlite());
                SqliteStore sqlite = new SqliteStore(database)) {
            if (Files.notExists(database.path())) {
                streams.err()
                        .println("unified-memory: there is no database " + database.path()
                                + " (name the right one with --db)");
                return FAILED;
            }
            ProgressLine progress =
                    new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
            sqlite.rebuildIndex(percent -> progress.show(bar(percent)));
            progress.end();
            streams.printer().println("the search index of " + database.path() + " was built anew");
            return 0;
        }
    }

    private static String bar(int percent) {
        int done = BAR_CHARS * percent / 100;
        return "[" + "#".repeat(done) + " ".repeat(BAR_CHARS - done) + "] " + percent + " percent";
    }
}
