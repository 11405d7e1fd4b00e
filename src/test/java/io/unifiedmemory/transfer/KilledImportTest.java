package io.unifiedmemory.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.store.sqlite.ChildJvm;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.ItemWriter;
import io.unifiedmemory.unified.writes.BatchOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that imports is killed, and the import is made again. The file would not fit into its memory. */
class KilledImportTest {

    private static final int MEMORIES = 20_000;
    private static final int USERS = 3;

    @TempDir
    private Path folder;

    @Test
    void whatWasLeftIsImportedAndNothingElseChanges() throws Exception {
        Path archive = folder.resolve("archive.jsonl");
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        String filler = "words ".repeat(20);
        try (ItemWriter writer = Format.JSONL.writer(Files.newOutputStream(archive), Transfer.NOW)) {
            for (int i = 0; i < MEMORIES; i++) {
                Instant time = start.plusMillis(i);
                writer.memory(new MemoryEntry(
                        "user" + i * USERS / MEMORIES,
                        "key%06d".formatted(i),
                        filler + i,
                        Map.of(),
                        time,
                        time,
                        HlcTimestamp.atMillis(time.toEpochMilli())));
            }
            writer.finish();
        }
        Path database = folder.resolve("memory.db");
        for (String until : List.of("done 1500", "done 9")) {
            try (ChildJvm importer =
                    ChildJvm.start(List.of(), ImporterMain.class, database.toString(), archive.toString())) {
                importer.await(until);
                importer.kill();
                assertThat(importer.awaitEnd()).doesNotContain("whole");
            }
        }
        try (Transfer to = Transfer.into(database)) {
            ImportReport report = to.take(archive);
            assertThat(to.faults).isEmpty();
            assertThat(report.memories(BatchOutcome.EQUAL)).isBetween(9_000L, (long) MEMORIES);
            assertThat(report.memories(BatchOutcome.EQUAL) + report.memories(BatchOutcome.NEW))
                    .isEqualTo(MEMORIES);
            assertThat(to.export()).isEqualTo(Files.readAllBytes(archive));
        }
    }
}
