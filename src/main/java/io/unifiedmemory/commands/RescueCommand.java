package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.FilePaths;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.store.sqlite.rescue.Rescue;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code rescue FILE}: reads what can be read of a damaged local database into a new file, and says what cannot. */
final class RescueCommand implements Command {

    private static final int MOST_NAMED = 20;

    private final Path target;

    RescueCommand(List<String> words, Map<String, String> environment) {
        if (words.size() != 1) {
            throw new UsageException(
                    "rescue needs one file that does not exist yet, such as: rescue memory-rescued.db");
        }
        target = new FilePaths(environment, HomeFolder.of(environment))
                .of(words.get(0), "the file of rescue", "the command line");
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        Path damaged = Stores.file(
                        config.database(), "rescue", "put back a backup of its server, which pg_amcheck can examine")
                .file();
        Rescue rescue = Rescue.of(damaged, target);
        PrintStream out = streams.printer();
        out.println(rescue.memories() + " memories, " + rescue.deletes() + " remembered deletes and " + rescue.owed()
                + " writes pending for upstreams were read from " + damaged + " into " + target);
        if (rescue.unreadablePages() > 0) {
            out.println(rescue.unreadablePages() + " pages could not be read; what was in them may be missing");
        }
        rescue.lost().stream().limit(MOST_NAMED).forEach(name -> out.println("lost: " + Texts.oneLine(name)));
        if (rescue.lost().size() > MOST_NAMED) {
            out.println("lost: " + (rescue.lost().size() - MOST_NAMED) + " more");
        }
        out.println(damaged + " was not changed; to go on, move it and its -wal and -shm away and put " + target
                + " in its place");
        return 0;
    }
}
