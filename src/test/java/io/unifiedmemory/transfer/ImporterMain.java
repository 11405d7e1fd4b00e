package io.unifiedmemory.transfer;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.transfer.format.Meter;
import io.unifiedmemory.transfer.format.Recognition;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.writes.OnConflict;
import java.nio.file.Path;
import java.time.Instant;

/** A process that imports a file and prints "done" and how much is, after each batch. Arguments: database, file. */
public final class ImporterMain {

    private ImporterMain() {}

    public static void main(String[] arguments) throws Exception {
        SqliteStore store =
                SqliteStore.of(SqliteOptions.of(Path.of(arguments[0])).with(HistoryOptions.DEFAULT), WaitListener.NONE);
        try (UnifiedMemory memory = UnifiedMemory.builder()
                .primary("sqlite", store, BackendOptions.LOCAL)
                .build()) {
            ImportOptions options =
                    new ImportOptions(null, null, any -> true, any -> true, OnConflict.NEWEST, false, Limits.DEFAULT);
            new Import(
                            memory,
                            store,
                            options,
                            FileAge.of(Path.of(arguments[1]), Instant.now()),
                            fault -> System.out.println("fault " + fault),
                            done -> System.out.println("done " + done))
                    .run(new Recognition(null, TableChoice.NONE, null, new Meter()).reader(Path.of(arguments[1])));
            System.out.println("whole");
        }
    }
}
