package io.unifiedmemory;

import io.unifiedmemory.config.CommandLine;
import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.server.StandardStreams;
import io.unifiedmemory.unified.Drift;
import io.unifiedmemory.unified.Reconciliation;
import java.io.PrintStream;
import java.util.List;

/** {@code reconcile [--dry-run]}: compares the local database with every upstream, page by page. */
final class ReconcileCommand implements Command {

    private final boolean dryRun;

    ReconcileCommand(List<String> words) {
        dryRun = words.equals(List.of(CommandLine.DRY_RUN));
        if (!dryRun && !words.isEmpty()) {
            throw new UsageException("reconcile takes " + CommandLine.DRY_RUN + " or nothing, not " + words.get(0));
        }
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        PrintStream out = streams.printer();
        if (!config.sqliteSlot().enabled()) {
            streams.err()
                    .println("unified-memory: reconcile compares the local database with upstreams, but "
                            + Setting.SQLITE_ENABLED.path() + " is false");
            return Main.FAILED;
        }
        if (config.upstreams().stream().noneMatch(upstream -> upstream.slot().enabled())) {
            out.println("no upstream is configured and enabled: there is nothing to compare");
            return 0;
        }
        try (Application application = new Application(config, () -> {})) {
            ProgressLine progress = new ProgressLine(streams.err(), streams.atTerminal(), System::nanoTime);
            Reconciliation result = application
                    .memory()
                    .reconcile(
                            dryRun, (where, compared) -> progress.show(compared + " memories compared, now " + where));
            progress.end();
            result.drifts().forEach((name, drift) -> out.println(name + ": " + text(drift)));
            result.problems().forEach((name, problem) -> out.println(name + ": could not be compared: " + problem));
            return result.problems().isEmpty() ? 0 : Main.FAILED;
        }
    }

    private String text(Drift drift) {
        String done = dryRun ? "would be" : "were";
        return "%d memories compared; %d %s sent there, %d %s deleted there, %d %s taken from there"
                .formatted(
                        drift.compared(), drift.owedThere(), done, drift.deletedThere(), done, drift.takenHere(), done);
    }
}
