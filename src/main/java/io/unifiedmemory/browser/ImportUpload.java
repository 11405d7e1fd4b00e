package io.unifiedmemory.browser;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.http.PageApi;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.util.FileTree;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.transfer.FileAge;
import io.unifiedmemory.transfer.Import;
import io.unifiedmemory.transfer.ImportOptions;
import io.unifiedmemory.transfer.ImportReport;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.Meter;
import io.unifiedmemory.transfer.format.Recognition;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.transfer.format.TransferException;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings in a file that the page has sent, or says what that would do. The answer is lines of JSON: how far it is, again and
 * again, and at last a report or why there is none.
 */
final class ImportUpload {

    /** Places that are named one by one; all are counted. */
    private static final int MOST_NAMED = 200;

    private static final int MOST_NAME_CHARS = 100;

    /** Between two words on how far it is. */
    private static final long WORD_NANOS = 250_000_000;

    private final UnifiedMemory memory;
    private final PrimaryStore store;
    private final Limits limits;
    private final AccessControl access;
    private final Clock clock;

    ImportUpload(UnifiedMemory memory, PrimaryStore store, Limits limits, AccessControl access, Clock clock) {
        this.memory = memory;
        this.store = store;
        this.limits = limits;
        this.access = access;
        this.clock = clock;
    }

    PageApi.Streamed answer(Map<String, Object> arguments, InputStream file, Principal caller) {
        if (!caller.mayWrite()) {
            throw RefusedQuestionException.forbidden("an import writes memories; it needs a token that may write");
        }
        if (!(arguments.get("name") instanceof String name)) {
            throw RefusedQuestionException.wrong("name must say what file it is");
        }
        String user = Address.user(arguments, caller, access);
        boolean dry = Boolean.TRUE.equals(arguments.get("dry_run"));
        ImportOptions options = new ImportOptions(
                Boolean.TRUE.equals(arguments.get("only_user")) ? user : null,
                user,
                caller.users()::contains,
                version -> access.isCredible(caller, version),
                conflict(arguments.get("on_conflict")),
                dry,
                limits);
        @Nullable Format format = format(arguments.get("format"));
        @Nullable ZoneId zone = zone(arguments.get("time_zone"));
        FileAge age = age(arguments.get("modified"));
        return new PageApi.Streamed("application/x-ndjson", out -> {
            Path folder = Files.createTempDirectory("unified-memory-import");
            try {
                Path kept = child(folder, name);
                Files.copy(file, kept);
                Lines lines = new Lines(out);
                Meter meter = new Meter();
                Recognition recognition = new Recognition(format, TableChoice.NONE, zone, meter);
                lines.write(run(kept, age, options, recognition, meter, lines, caller));
            } finally {
                FileTree.delete(folder);
            }
        });
    }

    private Map<String, Object> run(
            Path file,
            FileAge age,
            ImportOptions options,
            Recognition recognition,
            Meter meter,
            Lines lines,
            Principal caller)
            throws IOException {
        List<Map<String, Object>> places = new ArrayList<>();
        Import run = new Import(
                memory,
                store,
                options,
                age,
                fault -> {
                    if (places.size() < MOST_NAMED) {
                        places.add(Map.of("place", fault.place(), "reason", fault.reason()));
                    }
                },
                done -> lines.progress(done, meter.fraction()));
        try {
            return Map.of("report", json(run.run(recognition.reader(file)), places));
        } catch (TransferException e) {
            // The page knows nothing of the folder that the file is in.
            return failure(String.valueOf(e.getMessage()).replace(file.toString(), String.valueOf(file.getFileName())));
        } catch (BackendException e) {
            return failure(
                    caller.isRestricted()
                            ? "the database did not take it; whoever runs this server can see why"
                            : e.describe());
        } catch (UncheckedIOException e) {
            throw e.getCause(); // the page has gone
        } catch (IOException e) {
            return failure("the file cannot be read any further: " + e.getMessage()
                    + "; what was read so far is imported, and can be imported again");
        }
    }

    private static Map<String, Object> failure(String message) {
        return Map.of("error", Map.of("message", message));
    }

    private static Map<String, Object> json(ImportReport report, List<Map<String, Object>> places) {
        Map<String, Object> memories = new LinkedHashMap<>();
        long deleted = 0;
        for (BatchOutcome outcome : BatchOutcome.values()) {
            memories.put(outcome.name().toLowerCase(Locale.ROOT), report.memories(outcome));
            deleted += outcome.isWritten() ? report.deletes(outcome) : 0;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("memories", memories);
        json.put("deleted", deleted);
        json.put("revisions", Map.of("taken", report.revisions(), "skipped", report.skipped()));
        json.put("passed_over", report.passedOver());
        json.put("unreadable", report.unreadable());
        json.put("places", places);
        json.put("remarks", report.remarks());
        return json;
    }

    private static OnConflict conflict(@Nullable Object word) {
        for (OnConflict each : OnConflict.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw RefusedQuestionException.wrong("on_conflict must be newest, skip or overwrite");
    }

    private static @Nullable Format format(@Nullable Object label) {
        return label == null
                ? null
                : Format.named(String.valueOf(label))
                        .orElseThrow(
                                () -> RefusedQuestionException.wrong("format must be one of " + Format.labels(false)));
    }

    /** In which the times of the file are that name none: that of the browser. */
    private static @Nullable ZoneId zone(@Nullable Object id) {
        try {
            return id == null ? null : ZoneId.of(String.valueOf(id));
        } catch (DateTimeException e) {
            throw RefusedQuestionException.wrong("time_zone must be one such as Europe/Rome");
        }
    }

    /** When the browser says that the file was written. */
    private FileAge age(@Nullable Object millis) {
        Instant now = clock.instant();
        if (millis instanceof Number written && written.longValue() > 0) {
            return new FileAge(Instant.ofEpochMilli(written.longValue()), now);
        }
        return new FileAge(now, now);
    }

    /** A file of the name that it has in the browser, because memories may be called after it, and in no other folder. */
    private static Path child(Path folder, String name) {
        String clean = name.replaceAll(".*[/\\\\]", "")
                .replaceAll("[^\\p{L}\\p{N} ._()+-]", "_")
                .replaceAll("^[. ]+", "");
        String last = clean.isBlank()
                ? "file"
                : clean.substring(Math.max(0, clean.length() - MOST_NAME_CHARS)).strip();
        try {
            return folder.resolve(last);
        } catch (InvalidPathException e) {
            // A system that knows no letters but those of ASCII.
            return folder.resolve(last.replaceAll("[^\\p{ASCII}]", "_"));
        }
    }

    /** Lines of JSON for the page. For one thread. */
    private static final class Lines {

        private final OutputStream out;
        private long told = System.nanoTime();

        Lines(OutputStream out) {
            this.out = out;
        }

        void progress(long done, double fraction) {
            long now = System.nanoTime();
            if (now - told < WORD_NANOS) {
                return;
            }
            told = now;
            try {
                write(Map.of("done", done, "fraction", fraction));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void write(Map<String, Object> line) throws IOException {
            out.write((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
