package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.FilePaths;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code backup FILE}: copies the local database into a new file, while servers go on reading and writing it. */
final class BackupCommand implements Command {

    private final Path target;

    BackupCommand(List<String> words, Map<String, String> environment) {
        if (words.size() != 1) {
            throw new UsageException("backup needs one file that does not exist yet, such as: backup memory-backup.db");
        }
        target = new FilePaths(environment, HomeFolder.of(environment))
                .of(words.get(0), "the file of backup", "the command line");
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        SqliteOptions source = Stores.file(
                config.database(),
                "backup",
                "use pg_dump for a copy in a file, or migrate --to " + target + " for a copy as a database file");
        try (SqliteStore store = SqliteStore.of(source, WaitListener.NONE)) {
            store.backup(target);
            streams.printer().println(source.file() + " is in " + target);
            return 0;
        }
    }
}
