package io.unifiedmemory.unified;

import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.Backup;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.writes.WriteReport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One process on a real database file, wired as the program does it, with one upstream named {@code up}. */
public final class Machine implements AutoCloseable {

    /** The file's settings of one process. */
    public enum Keeps {
        MEMORIES,
        NO_MEMORIES
    }

    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** How long a call waits for others who use the file. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    public final UnifiedMemory memory;
    public final SqliteStore table;
    private final SqliteDatabase database;

    public Machine(Path file, MemoryBackend upstream, Clock clock, Keeps keeps) {
        this(file, upstream, clock, keeps, MemoryOptions.Wait.ALL);
    }

    public Machine(Path file, MemoryBackend upstream, Clock clock, Keeps keeps, MemoryOptions.Wait waits) {
        database = new SqliteDatabase(
                new SqliteOptions(file, PATIENCE, SqliteOptions.of(file).synchronous()));
        table = new SqliteStore(database, clock);
        boolean enabled = keeps == Keeps.MEMORIES;
        memory = UnifiedMemory.builder()
                .clock(clock)
                .options(new MemoryOptions(MemoryOptions.Read.PRIORITY, waits, Duration.ofDays(30)))
                .primary("sqlite", table, new BackendOptions(enabled, 1, TIMEOUT, 0))
                .replica("up", upstream, new BackendOptions(true, 2, TIMEOUT, 0))
                .build();
    }

    public WriteReport store(String key, String value) {
        return memory.store("u", key, value, Map.of()).report();
    }

    public WriteReport delete(String key) {
        return memory.delete("u", key, null).report();
    }

    /** The text that a retrieve shows; none where it finds nothing. */
    public String text(String key) {
        return text(memory.retrieve("u", key).lookup());
    }

    public static String text(Lookup lookup) {
        return lookup instanceof Lookup.Found found ? found.entry().value() : "none";
    }

    public List<String> listed() {
        return memory.list(new ListRequest("u", null, 100)).page().entries().stream()
                .map(MemoryEntry::value)
                .toList();
    }

    List<String> found(String query) {
        return memory
                .search(new SearchRequest("u", query == null ? null : Query.of(query), 100), AlreadyShown.NOTHING)
                .hits()
                .stream()
                .map(hit -> hit.entry().value())
                .toList();
    }

    /** Compares with the upstream and delivers what is due, after the breaker has heard that it is well. */
    public void settle() {
        memory.health();
        memory.reconcile(false, List.of("u"), (step, done) -> {});
    }

    /** Copies the file as the command does. */
    public void backup(Path target) {
        Backup.of(database, target);
    }

    /** Delivers what is due. */
    void deliver() {
        memory.health();
        memory.reconcile(false, List.of(), (step, done) -> {});
    }

    @Override
    public void close() {
        memory.close();
    }
}
