package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.ConfigLoader;
import io.unifiedmemory.config.DatabaseLocation;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.unified.migration.StoreMigration;
import io.unifiedmemory.unified.migration.StoreMigration.Difference;
import io.unifiedmemory.unified.migration.StoreMigration.Result;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** {@code migrate --to ADDRESS|FILE}: copies the database into another one, while servers go on using the first. */
final class MigrateCommand implements Command {

    private static final String TO = "--to";
    private static final int MOST_NAMED = 20;

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "migrate",
                    "it needs " + TO + " and the address of a PostgreSQL database or a file, such as migrate " + TO
                            + " postgresql://user@host/database")
            .withValue(TO);

    private final String target;
    private final Map<Setting, String> flags;
    private final Map<String, String> environment;

    MigrateCommand(List<String> arguments, Map<Setting, String> flags, Map<String, String> environment) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        if (!parsed.words().isEmpty()) {
            throw ARGUMENTS.misuse("does not know " + parsed.words().get(0));
        }
        String to = parsed.value(TO);
        if (to == null || to.isBlank()) {
            throw ARGUMENTS.misuse("was not told where to");
        }
        target = to;
        this.flags = flags;
        this.environment = environment;
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        DatabaseLocation source = config.database();
        DatabaseLocation other = target();
        if (source.shown().equals(other.shown())) {
            throw new UsageException("migrate needs two databases, and both are " + source.shown());
        }
        Stores.prepare(other, environment);
        try (PrimaryStore from = Stores.open(source, WaitListener.NONE);
                PrimaryStore to = Stores.open(other, WaitListener.NONE)) {
            if (Stores.isMissing(from, source, streams)) {
                return FAILED;
            }
            ProgressLine line =
                    new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
            Result result = new StoreMigration(from, to)
                    .run(progress -> line.show(progress.memories() + " memories copied, " + progress.users()
                            + " users done, now " + Texts.oneLine(progress.userId())));
            line.end();
            return tell(result, source, other, streams);
        }
    }

    /** The same options as those of this database, but for its place. */
    private DatabaseLocation target() {
        Map<Setting, String> others = new EnumMap<>(Setting.class);
        others.putAll(flags);
        others.put(Setting.DATABASE, target);
        return new ConfigLoader(others, environment, System.getProperty("os.name"), HomeFolder.of(environment))
                .load()
                .database();
    }

    private static int tell(Result result, DatabaseLocation from, DatabaseLocation to, StandardStreams streams) {
        PrintStream out = streams.printer();
        out.println(result.memories() + " memories and " + result.deletes() + " remembered deletes of " + result.users()
                + " users are in " + from.shown() + "; " + result.copied() + " memories were copied to " + to.shown()
                + ", with " + result.revisions() + " texts of their history, and " + result.owed()
                + " writes pending for upstreams");
        if (!result.differing().isEmpty()) {
            PrintStream err = streams.err();
            result.differing().stream().limit(MOST_NAMED).forEach(difference -> err.println(text(difference)));
            if (result.differing().size() > MOST_NAMED) {
                err.println("differs: " + (result.differing().size() - MOST_NAMED) + " more users");
            }
            err.println(
                    "unified-memory: the two databases differ: either was written meanwhile, so run this again, with"
                            + " the servers stopped at last");
            return FAILED;
        }
        out.println("checked: both hold the same of each user");
        out.println("to move: stop the servers that use " + from.shown() + ", run this once more for what they wrote"
                + " since, and start them with --db " + to.shown());
        return 0;
    }

    private static String text(Difference one) {
        return "differs: %s: %d memories and %d deletes here, %d and %d there"
                .formatted(
                        Texts.oneLine(one.userId()),
                        one.memories(),
                        one.deletes(),
                        one.otherMemories(),
                        one.otherDeletes());
    }
}
