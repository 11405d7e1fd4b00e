package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.unified.sync.Drift;
import io.unifiedmemory.unified.sync.Reconciliation;
import java.io.PrintStream;
import java.util.List;

/** {@code reconcile [--dry-run] [--user ID]...}: compares the local database with every upstream, page by page. */
final class ReconcileCommand implements Command {

    private static final String DRY_RUN = "--dry-run";
    private static final String USER = "--user";

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "reconcile", "it takes " + DRY_RUN + " and " + USER + " ID, which may be repeated")
            .withSwitch(DRY_RUN)
            .withValue(USER);

    private final boolean dryRun;
    /** Whom to compare besides those that the local database knows. */
    private final List<String> users;

    ReconcileCommand(List<String> arguments) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        if (!parsed.words().isEmpty()) {
            throw ARGUMENTS.misuse("does not know " + parsed.words().get(0));
        }
        dryRun = parsed.has(DRY_RUN);
        users = parsed.values(USER);
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        if (!config.databasePolicy().enabled()) {
            streams.err()
                    .println("unified-memory: reconcile compares the local database with upstreams, but "
                            + Setting.SQLITE_ENABLED.path() + " is false");
            return FAILED;
        }
        if (config.upstreams().stream().noneMatch(upstream -> upstream.policy().enabled())) {
            out.println("no upstream is configured and enabled: there is nothing to compare");
            return 0;
        }
        try (Application application = new Application(config, CallOrder.none())) {
            application.awaitUpstreams(streams);
            ProgressLine progress =
                    new ProgressLine(streams.err(), streams::eraseLine, streams.atTerminal(), System::nanoTime);
            Reconciliation result = application
                    .memory()
                    .reconcile(
                            dryRun,
                            users,
                            (where, compared) -> progress.show(compared + " memories compared, now " + where));
            progress.end();
            result.drifts().forEach((name, drift) -> out.println(name + ": " + text(drift)));
            result.problems().forEach((name, problem) -> out.println(name + ": could not be compared: " + problem));
            return result.problems().isEmpty() ? 0 : FAILED;
        }
    }

    private String text(Drift drift) {
        String done = dryRun ? "would be" : "were";
        return "%d memories compared; %d %s sent there, %d %s deleted there, %d %s taken from there"
                .formatted(
                        drift.compared(), drift.owedThere(), done, drift.deletedThere(), done, drift.takenHere(), done);
    }
}
