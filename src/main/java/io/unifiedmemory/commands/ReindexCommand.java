package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import java.util.List;

/** {@code reindex}: builds the search index of the database anew, while others go on using it. */
final class ReindexCommand implements Command {

    private static final int BAR_CHARS = 40;

    ReindexCommand(List<String> words) {
        if (!words.isEmpty()) {
            throw new UsageException("reindex takes no arguments, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        String database = config.database().shown();
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            if (Stores.isMissing(store, config.database(), streams)) {
                return FAILED;
            }
            ProgressLine progress =
                    new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
            store.rebuildIndex(percent -> progress.show(bar(percent)));
            progress.end();
            streams.printer().println("the search index of " + database + " was built anew");
            return 0;
        }
    }

    private static String bar(int percent) {
        int done = BAR_CHARS * percent / 100;
        return "[" + "#".repeat(done) + " ".repeat(BAR_CHARS - done) + "] " + percent + " percent";
    }
}
