package io.unifiedmemory.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.store.sqlite.ChildJvm;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.ItemWriter;
import io.unifiedmemory.unified.writes.BatchOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that imports is killed, and the import is made again. The file would not fit into its memory. */
class KilledImportTest {

    private static final int MEMORIES = 20_000;
    private static final int USERS = 2;
    private static final int EACH = MEMORIES / USERS;

    /** Of every other memory there is what its key held before. */
    private static final int REVISIONS = MEMORIES / 2;

    @TempDir
    private Path folder;

    @Test
    void whatWasLeftIsImportedAndNothingElseChanges() throws Exception {
        Path archive = folder.resolve("archive.jsonl");
        write(archive);
        Path database = folder.resolve("memory.db");
        for (String until : List.of("done 1500", "done 9", "done 12")) {
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
            assertThat(report.revisions()).isBetween(1L, REVISIONS - 1L);
            assertThat(report.revisions() + report.skipped()).isEqualTo(REVISIONS);
            assertThat(to.export()).isEqualTo(Files.readAllBytes(archive));
        }
    }

    private static void write(Path archive) throws IOException {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (ItemWriter writer = Format.JSONL.writer(Files.newOutputStream(archive), Transfer.NOW)) {
            for (int user = 0; user < USERS; user++) {
                for (int i = 0; i < EACH; i++) {
                    writer.memory(entry(user, i, start.plusSeconds(60)));
                }
                for (int i = 0; i < EACH; i += 2) {
                    MemoryEntry current = entry(user, i, start.plusSeconds(60));
                    Revision before = new Revision(1, entry(user, i, start), now.minusMillis(i), Revision.How.REPLACED);
                    writer.revision(new KeptRevision(before, current.version()));
                }
            }
            writer.finish();
        }
    }

    private static MemoryEntry entry(int user, int number, Instant start) {
        Instant time = start.plusMillis(number);
        return new MemoryEntry(
                "user" + user,
                "key%06d".formatted(number),
                "words ".repeat(20) + time,
                Map.of(),
                time,
                time,
                HlcTimestamp.atMillis(time.toEpochMilli()));
    }
}
