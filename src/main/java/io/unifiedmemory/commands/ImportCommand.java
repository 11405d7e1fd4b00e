package io.unifiedmemory.commands;

import io.unifiedmemory.config.Config;
import io.unifiedmemory.config.FilePaths;
import io.unifiedmemory.config.HomeFolder;
import io.unifiedmemory.config.Setting;
import io.unifiedmemory.mcp.stdio.StandardStreams;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.transfer.FileAge;
import io.unifiedmemory.transfer.Import;
import io.unifiedmemory.transfer.ImportOptions;
import io.unifiedmemory.transfer.ImportReport;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.Item;
import io.unifiedmemory.transfer.format.Meter;
import io.unifiedmemory.transfer.format.Recognition;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.transfer.format.TransferException;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code import FILE}: brings in what a file or folder holds, in whatever format, while servers go on. */
final class ImportCommand implements Command {

    private static final String USER = "--user";
    private static final String FORMAT = "--format";
    private static final String DRY_RUN = "--dry-run";
    private static final String ON_CONFLICT = "--on-conflict";
    private static final String TIME_ZONE = "--time-zone";
    private static final String TABLE = "--table";
    private static final String COLUMNS = "--columns";

    /** Places that are named one by one. */
    private static final int MOST_NAMED = 1_000;

    static final ArgumentParser ARGUMENTS = new ArgumentParser(
                    "import",
                    "it needs a file or folder, and takes " + USER + " ID, " + FORMAT + " NAME, " + DRY_RUN + ", "
                            + ON_CONFLICT
                            + " newest|skip|overwrite, " + TIME_ZONE + " ID, and for a table " + TABLE + " NAME and "
                            + COLUMNS
                            + " user=..,key=..,value=..,created=..,updated=..")
            .withValue(USER)
            .withValue(FORMAT)
            .withSwitch(DRY_RUN)
            .withValue(ON_CONFLICT)
            .withValue(TIME_ZONE)
            .withValue(TABLE)
            .withValue(COLUMNS);

    private final Path file;
    private final @Nullable String user;
    private final @Nullable Format format;
    private final boolean dryRun;
    private final OnConflict conflict;
    private final @Nullable ZoneId zone;
    private final TableChoice choice;
    private long named;

    ImportCommand(List<String> arguments, Map<String, String> environment) {
        ArgumentParser.Parsed parsed = ARGUMENTS.parse(arguments);
        if (parsed.words().size() != 1) {
            throw ARGUMENTS.misuse("was told " + parsed.words().size() + " files");
        }
        file = file(parsed.words().get(0), environment);
        String given = parsed.value(USER);
        user = given == null ? null : Names.canonical(given);
        dryRun = parsed.has(DRY_RUN);
        String name = parsed.value(FORMAT);
        format = name == null
                ? null
                : Format.named(name)
                        .orElseThrow(() -> ARGUMENTS.misuse(
                                "does not know the format " + name + " (there are " + Format.labels(false) + ")"));
        conflict = conflict(parsed.value(ON_CONFLICT));
        zone = zone(parsed.value(TIME_ZONE));
        choice = new TableChoice(parsed.value(TABLE), columns(parsed.value(COLUMNS)));
    }

    /** A folder may end with a slash, or be one that only dots name. */
    private static Path file(String word, Map<String, String> environment) {
        String plain = word.length() > 1 && (word.endsWith("/") || word.endsWith("\\"))
                ? word.substring(0, word.length() - 1)
                : word;
        if (plain.matches("\\.{1,2}|(.*[/\\\\])\\.{1,2}")) {
            return Path.of(plain).toAbsolutePath().normalize();
        }
        return new FilePaths(environment, HomeFolder.of(environment))
                .of(plain, "the file of import", "the command line");
    }

    private static OnConflict conflict(@Nullable String word) {
        if (word == null) {
            return OnConflict.NEWEST;
        }
        for (OnConflict each : OnConflict.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw ARGUMENTS.misuse("does not know " + ON_CONFLICT + " " + word);
    }

    /** Null where nothing was said. */
    private static @Nullable ZoneId zone(@Nullable String id) {
        try {
            return id == null ? null : ZoneId.of(id);
        } catch (DateTimeException e) {
            throw ARGUMENTS.misuse("does not know the time zone " + id + " (such as Europe/Rome, or +02:00)");
        }
    }

    private static Map<String, String> columns(@Nullable String list) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String each : list == null ? new String[0] : list.split(",", -1)) {
            int equals = each.indexOf('=');
            if (equals < 1
                    || !List.of("user", "key", "value", "created", "updated").contains(each.substring(0, equals))) {
                throw ARGUMENTS.misuse("cannot read " + COLUMNS + " " + each);
            }
            columns.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return columns;
    }

    @Override
    public int run(Config config, StandardStreams streams) {
        if (!config.databasePolicy().enabled()) {
            streams.err()
                    .println("unified-memory: import writes to the local database, but " + Setting.SQLITE_ENABLED.path()
                            + " is false");
            return FAILED;
        }
        ImportOptions options = new ImportOptions(
                user,
                config.tools().defaultUser(),
                any -> true,
                any -> true,
                conflict,
                dryRun,
                config.tools().limits());
        TransferLine line = new TransferLine(streams);
        try (Application application = new Application(config, CallOrder.none())) {
            Meter meter = new Meter();
            Import run = new Import(
                    application.memory(),
                    application.store(),
                    options,
                    FileAge.of(file, Instant.now()),
                    fault -> tell(fault, line, streams.err()),
                    done -> line.show("imported", done, meter.fraction()));
            ImportReport report = run.run(new Recognition(format, choice, zone, meter).reader(file));
            line.end();
            tell(report, config, streams.printer());
            if (!dryRun) {
                application.store().finishIndex(left -> line.say("%,d memories left to index".formatted(left)));
                line.end();
            }
            return report.unreadable() == 0 ? 0 : FAILED;
        } catch (TransferException e) {
            line.end();
            streams.err().println("unified-memory: " + e.getMessage());
            return FAILED;
        } catch (IOException e) {
            line.end();
            streams.err()
                    .println("unified-memory: " + file + " cannot be read any further: " + e.getMessage()
                            + "; what was read so far is imported, and can be imported again");
            return FAILED;
        }
    }

    private void tell(Item.Unreadable fault, TransferLine line, PrintStream err) {
        if (named == MOST_NAMED) {
            err.println("more places cannot be read");
        }
        if (named++ < MOST_NAMED) {
            line.end();
            err.println("not imported: " + Texts.oneLine(fault.place()) + " " + Texts.oneLine(fault.reason()));
        }
    }

    private void tell(ImportReport report, Config config, PrintStream out) {
        String done = dryRun ? "would be " : "";
        out.println("%s%,d new, %s%,d newer, %,d equal, %,d older, %,d kept; %,d unreadable"
                .formatted(
                        done,
                        report.memories(BatchOutcome.NEW),
                        done,
                        report.memories(BatchOutcome.NEWER),
                        report.memories(BatchOutcome.EQUAL),
                        report.memories(BatchOutcome.OLDER),
                        report.memories(BatchOutcome.SKIPPED),
                        report.unreadable()));
        long deletes = report.deletes(BatchOutcome.NEW) + report.deletes(BatchOutcome.NEWER);
        if (!report.deletes().isEmpty()) {
            out.println("%,d remembered deletes %s, %,d had nothing to change"
                    .formatted(
                            deletes,
                            dryRun ? "would be made" : "were made",
                            report.deletes().values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum()
                                    - deletes));
        }
        if (report.revisions() + report.skipped() > 0) {
            out.println("%,d revisions %s the history, %,d are known or not wanted here"
                    .formatted(report.revisions(), dryRun ? "would come into" : "came into", report.skipped()));
        }
        if (report.passedOver() > 0) {
            out.println("%,d of other users were passed over".formatted(report.passedOver()));
        }
        report.remarks().forEach((what, places) -> out.println("%,d %s".formatted(places, Texts.oneLine(what))));
        boolean written = report.memories(BatchOutcome.NEW) + report.memories(BatchOutcome.NEWER) + deletes > 0;
        if (!dryRun
                && written
                && config.upstreams().stream().anyMatch(one -> one.policy().enabled())) {
            out.println(
                    "upstreams get what is new from a running server; outbox list shows what they have not got yet");
        }
    }
}
