package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.GeneratedText;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.ItemWriter;
import io.unifiedmemory.transfer.format.Meter;
import io.unifiedmemory.transfer.format.Recognition;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Prints how many memories a second come in and go out, on SQLite without upstreams: an archive into an empty database, the
 * same again, out into each format. Arguments: how many memories, and for how many of them there is an earlier text (0).
 */
public final class TransferBenchmark {

    private static final int USERS = 50;
    private static final double NANOS = 1e9;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private TransferBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        int entries = Integer.parseInt(arguments[0]);
        int revisions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        Path folder = Files.createTempDirectory("transfer-benchmark");
        try {
            measure(entries, revisions, folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void measure(int entries, int revisions, Path folder) throws IOException {
        Path archive = folder.resolve("archive.jsonl");
        write(archive, entries, revisions);
        System.out.printf(
                "%,d memories and %,d revisions of %d users, %,d MB%n",
                entries, revisions, USERS, Files.size(archive) >> 20);
        SqliteStore store = SqliteStore.of(
                SqliteOptions.of(folder.resolve("memory.db")).with(HistoryOptions.DEFAULT), WaitListener.NONE);
        try (UnifiedMemory memory = UnifiedMemory.builder()
                .primary("sqlite", store, BackendOptions.LOCAL)
                .build()) {
            time("import", entries, () -> take(memory, store, archive, BatchOutcome.NEW, entries));
            time("index", entries, () -> store.finishIndex(left -> {}));
            time("import again", entries, () -> take(memory, store, archive, BatchOutcome.EQUAL, entries));
            for (Format format : new Format[] {Format.JSONL, Format.CSV, Format.OKF}) {
                Path file = folder.resolve("export." + format.label());
                time("export " + format.label(), entries, () -> {
                    try (ItemWriter writer = format.writer(Files.newOutputStream(file), Instant.now())) {
                        new Export(store, any -> true, true).run(null, writer, memories -> {});
                        writer.finish();
                    }
                });
                Files.delete(file);
            }
            System.out.printf("heap used: %,d MB%n", used() >> 20);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void time(String what, int entries, Work work) throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long used = threads.getCurrentThreadCpuTime();
        work.run();
        double seconds = (System.nanoTime() - start) / NANOS;
        double busy = (threads.getCurrentThreadCpuTime() - used) / NANOS;
        System.out.printf(
                "%s: %.1f s, %,.0f a second; %.1f s of processor time, %,.0f a second of it%n",
                what, seconds, entries / seconds, busy, entries / busy);
    }

    private static void take(UnifiedMemory memory, SqliteStore store, Path archive, BatchOutcome expected, int entries)
            throws IOException {
        ImportOptions options =
                new ImportOptions(null, null, any -> true, any -> true, OnConflict.NEWEST, false, Limits.DEFAULT);
        Import run = new Import(
                memory,
                store,
                options,
                FileAge.of(archive, Instant.now()),
                fault -> {
                    throw new IllegalStateException(fault.toString());
                },
                done -> {});
        ImportReport report = run.run(new Recognition(null, TableChoice.NONE, null, new Meter()).reader(archive));
        if (report.memories(expected) != entries) {
            throw new IllegalStateException(report.toString());
        }
    }

    private static void write(Path archive, int entries, int revisions) throws IOException {
        int each = entries / USERS;
        int eachPast = revisions / USERS;
        Instant now = Instant.now();
        try (ItemWriter writer = Format.JSONL.writer(Files.newOutputStream(archive), now)) {
            for (int user = 0; user < USERS; user++) {
                for (int i = 0; i < each; i++) {
                    writer.memory(entry(user, user * each + i, START.plusSeconds(entries)));
                }
                for (int i = 0; i < eachPast; i++) {
                    int number = user * each + i;
                    writer.revision(new KeptRevision(
                            new Revision(1, entry(user, number, START), now, Revision.How.REPLACED),
                            entry(user, number, START.plusSeconds(entries)).version()));
                }
            }
            writer.finish();
        }
    }

    private static MemoryEntry entry(int user, int number, Instant start) {
        Instant time = start.plusMillis(number);
        return new MemoryEntry(
                "user-" + user,
                "note/" + number,
                GeneratedText.value(number),
                Map.of("n", number),
                time,
                time,
                HlcTimestamp.atMillis(time.toEpochMilli()));
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
