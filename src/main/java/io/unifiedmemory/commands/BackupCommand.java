package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.server.StandardStreams;
import io.unifiedmemory.sqlite.SqliteDatabase;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** {@code backup FILE}: copies the local database into a new file, while servers go on reading and writing it. */
final class BackupCommand implements Command {

    private final Path target;

    BackupCommand(List<String> words) {
        if (words.size() != 1) {
            throw new UsageException("backup needs one file that does not exist yet, such as: backup memory-backup.db");
        }
        try {
            target = Path.of(words.get(0)).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new UsageException("backup: " + words.get(0) + " is no file name");
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        try (SqliteDatabase database = new SqliteDatabase(config.sqlite())) {
            database.backup(target);
            streams.printer().println(database.path() + " is in " + target);
            return 0;
        }
    }
}
