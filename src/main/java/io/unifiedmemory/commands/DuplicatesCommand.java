package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.UserDirectory;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.SimilarGroups;
import io.unifiedmemory.search.SimilarGroups.Group;
import io.unifiedmemory.search.SimilarGroups.Member;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code duplicates [--user ID]...}: lists the memories that say nearly the same, for a person to decide about. */
final class DuplicatesCommand implements Command {

    private static final String USER = "--user";

    static final ArgumentParser ARGUMENTS =
            new ArgumentParser("duplicates", "it takes " + USER + " ID, which may be repeated").withValue(USER);

    /** Whose memories; empty for everybody's. */
    private final List<String> users;

    DuplicatesCommand(List<String> words) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(words);
        if (!parsed.words().isEmpty()) {
            throw ARGUMENTS.misuse("does not know " + parsed.words().get(0));
        }
        users = parsed.values(USER).stream().map(Names::canonical).toList();
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        try (PrimaryStore store = Stores.open(config.database(), WaitListener.NONE)) {
            if (Stores.isMissing(store, config.database(), streams)) {
                return FAILED;
            }
            ProgressLine progress =
                    new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
            int count = 0;
            for (String user : users.isEmpty() ? everybody(store) : users) {
                List<Group> groups = SimilarGroups.of(
                        store,
                        user,
                        Clock.systemUTC(),
                        looked -> progress.show(user + ": " + looked + " memories looked at"));
                progress.end();
                print(user, groups, streams.printer());
                count += groups.size();
            }
            streams.printer()
                    .println(
                            count == 0
                                    ? "no two memories say nearly the same"
                                    : count + (count == 1 ? " group" : " groups")
                                            + " of memories that say nearly the same; to take one away:"
                                            + " unified-memory call delete '{\"user_id\": \"USER\", \"key\": \"KEY\"}'");
            return 0;
        }
    }

    private static List<String> everybody(PrimaryStore store) {
        List<String> everybody = new ArrayList<>();
        UserDirectory.all(store.users()).forEach(everybody::add);
        return everybody;
    }

    private static void print(String user, List<Group> groups, PrintStream out) {
        for (Group group : groups) {
            out.printf(
                    "%s: %d memories, %d percent alike%n", user, group.members().size(), percent(group));
            for (Member member : group.members()) {
                out.printf(
                        "  %s  %s: %s%n",
                        member.updatedAt() == null
                                ? "at no known time   "
                                : member.updatedAt().toString().substring(0, 19).replace('T', ' '),
                        member.key(),
                        member.beginning());
            }
            out.println();
        }
    }

    private static long percent(Group group) {
        return Math.round(100 * group.likeness());
    }
}
