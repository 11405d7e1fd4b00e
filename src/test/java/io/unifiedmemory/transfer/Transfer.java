package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions.Synchronous;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.Item;
import io.unifiedmemory.transfer.format.ItemWriter;
import io.unifiedmemory.transfer.format.Meter;
import io.unifiedmemory.transfer.format.Recognition;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A memory over one store, with what goes in and out of it. Not thread-safe. */
final class Transfer implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");

    final PrimaryStore store;
    final UnifiedMemory memory;

    /** The places of the last import that could not be read, each with its reason. */
    final List<String> faults = new ArrayList<>();

    /** How much of the last import was written, whether it came to its end or not. */
    long imported;

    private OnConflict conflict = OnConflict.NEWEST;
    private boolean dryRun;
    private boolean history = true;
    private @Nullable String user;
    private Instant written = NOW;
    private Instant now = NOW;
    private @Nullable ZoneId zone;
    private @Nullable Format format;
    private TableChoice choice = TableChoice.NONE;

    Transfer(PrimaryStore store) {
        this(
                store,
                UnifiedMemory.builder()
                        .primary(store.type(), store, BackendOptions.LOCAL)
                        .build());
    }

    private Transfer(PrimaryStore store, UnifiedMemory memory) {
        this.store = store;
        this.memory = memory;
    }

    /** A memory with one other backend, "up", to which nothing is delivered. */
    static Transfer withReplica(PrimaryStore store) {
        return new Transfer(
                store,
                UnifiedMemory.builder()
                        .primary(store.type(), store, BackendOptions.LOCAL)
                        .replica("up", new InMemoryBackend(), BackendOptions.UPSTREAM)
                        .build());
    }

    static Transfer into(Path file) {
        return new Transfer(SqliteStore.of(
                new SqliteOptions(file, Duration.ofSeconds(10), Synchronous.NORMAL, HistoryOptions.DEFAULT),
                WaitListener.NONE));
    }

    /** Exports without what keys held before. */
    Transfer withoutHistory() {
        history = false;
        return this;
    }

    Transfer on(OnConflict wanted) {
        conflict = wanted;
        return this;
    }

    Transfer dryRun(boolean wanted) {
        dryRun = wanted;
        return this;
    }

    Transfer user(@Nullable String wanted) {
        user = wanted;
        return this;
    }

    /** Imports a file that was written just before. */
    Transfer at(Instant time) {
        written = time;
        now = time;
        return this;
    }

    Transfer at(FileAge age) {
        written = age.written();
        now = age.now();
        return this;
    }

    Transfer in(ZoneId wanted) {
        zone = wanted;
        return this;
    }

    Transfer as(Format wanted) {
        format = wanted;
        return this;
    }

    Transfer from(TableChoice wanted) {
        choice = wanted;
        return this;
    }

    /** Imports a file; entries that name no user become those of "me". */
    ImportReport take(Path file) {
        faults.clear();
        ImportOptions options = new ImportOptions(
                user, "me", any -> !any.equals("forbidden"), any -> true, conflict, dryRun, Limits.DEFAULT);
        Import run = new Import(memory, store, options, new FileAge(written, now), this::note, done -> imported = done);
        try {
            return run.run(new Recognition(format, choice, zone, new Meter()).reader(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void note(Item.Unreadable fault) {
        faults.add(fault.place() + " " + fault.reason());
    }

    byte[] export() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        export(Format.JSONL, bytes);
        return bytes.toByteArray();
    }

    Export.Result export(Format written, Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            return export(written, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Export.Result export(Format written, OutputStream out) {
        try (ItemWriter writer = written.writer(out, NOW)) {
            Export.Result result = new Export(store, any -> true, history).run(null, writer, memories -> {});
            writer.finish();
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is held under a key. */
    String value(String userId, String key) {
        return store.retrieve(userId, key) instanceof Lookup.Found found
                ? found.entry().value()
                : "";
    }

    static Path write(Path file, String... lines) {
        try {
            return Files.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
