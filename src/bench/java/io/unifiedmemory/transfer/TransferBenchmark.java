package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
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
 * same again, out into each format. Argument: how many memories.
 */
public final class TransferBenchmark {

    private static final int USERS = 50;
    private static final double NANOS = 1e9;

    private TransferBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        int entries = Integer.parseInt(arguments[0]);
        Path folder = Files.createTempDirectory("transfer-benchmark");
        try {
            measure(entries, folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void measure(int entries, Path folder) throws IOException {
        Path archive = folder.resolve("archive.jsonl");
        write(archive, entries);
        System.out.printf("%,d memories of %d users, %,d MB%n", entries, USERS, Files.size(archive) >> 20);
        SqliteStore store = SqliteStore.of(SqliteOptions.of(folder.resolve("memory.db")), WaitListener.NONE);
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
                        new Export(store, any -> true).run(null, writer, memories -> {});
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

    private static void write(Path archive, int entries) throws IOException {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        try (ItemWriter writer = Format.JSONL.writer(Files.newOutputStream(archive), start)) {
            for (int i = 0; i < entries; i++) {
                Instant time = start.plusMillis(i);
                writer.memory(new MemoryEntry(
                        "user-" + (long) i * USERS / entries,
                        "note/" + i,
                        GeneratedText.value(i),
                        Map.of("n", i),
                        time,
                        time,
                        HlcTimestamp.atMillis(time.toEpochMilli())));
            }
            writer.finish();
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
