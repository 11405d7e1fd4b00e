package io.unifiedmemory.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.store.postgres.TestStores;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.unified.writes.BatchOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Out and in again, with real stores and random histories. */
class RoundTripTest {

    private static final int OPERATIONS = 400;

    @TempDir
    private Path folder;

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static List<String> lines(byte[] archive) {
        return List.of(text(archive).split("\n", -1));
    }

    private static String text(byte[] archive) {
        return new String(archive, StandardCharsets.UTF_8);
    }

    @Test
    void anArchiveIsTheSameAfterItWasImported() throws IOException {
        for (long seed = 1; seed <= 6; seed++) {
            try (Transfer from = Transfer.into(folder.resolve("from" + seed + ".db"));
                    Transfer to = Transfer.into(folder.resolve("to" + seed + ".db"))) {
                new RandomHistory(from.memory, seed).run(OPERATIONS);
                byte[] archive = from.export();
                Path file = file("archive" + seed, archive);

                ImportReport first = to.take(file);
                assertThat(to.faults).isEmpty();
                assertThat(first.memories().keySet()).containsOnly(BatchOutcome.NEW);
                assertThat(lines(to.export())).as("seed " + seed).containsExactlyElementsOf(lines(archive));

                long revisions = lines(archive).stream()
                        .filter(line -> line.contains("\"type\":\"revision\""))
                        .count();
                assertThat(revisions).isPositive();
                assertThat(first.revisions()).isEqualTo(revisions);
                assertThat(first.skipped()).isZero();

                ImportReport again = to.take(file);
                assertThat(again.revisions()).isZero();
                assertThat(again.skipped()).isEqualTo(revisions);
                assertThat(again.memories().keySet()).containsOnly(BatchOutcome.EQUAL);
                assertThat(again.deletes().keySet()).containsOnly(BatchOutcome.EQUAL);
                assertThat(lines(to.export())).containsExactlyElementsOf(lines(archive));
            }
        }
    }

    @Test
    void anArchiveIsTheSameAfterItWasInPostgres() throws IOException {
        TestStores postgres = new TestStores(PostgresServer.shared(), null);
        try (Transfer from = Transfer.into(folder.resolve("from.db"));
                Transfer server = new Transfer(postgres.open(postgres.options().with(HistoryOptions.DEFAULT)));
                Transfer to = Transfer.into(folder.resolve("to.db"))) {
            new RandomHistory(from.memory, 7).run(OPERATIONS / 2);
            byte[] archive = from.export();
            assertThat(text(archive)).contains("\"type\":\"revision\"");
            server.take(file("archive", archive));
            assertThat(server.faults).isEmpty();
            byte[] second = server.export();
            assertThat(lines(second)).containsExactlyElementsOf(lines(archive));
            to.take(file("second", second));
            assertThat(lines(to.export())).containsExactlyElementsOf(lines(archive));
        } finally {
            postgres.drop();
        }
    }

    /** Whatever two stores hold, each of them holds the same after it has the archive of the other. */
    @Test
    void twoMemoriesAreOneAfterEachHasTheArchiveOfTheOther() throws IOException {
        for (long seed = 11; seed <= 14; seed++) {
            try (Transfer one = Transfer.into(folder.resolve("one" + seed + ".db"));
                    Transfer two = Transfer.into(folder.resolve("two" + seed + ".db"))) {
                new RandomHistory(one.memory, seed).run(OPERATIONS / 2);
                new RandomHistory(two.memory, seed + 100).run(OPERATIONS / 2);
                Path ofOne = file("one" + seed, one.export());
                Path ofTwo = file("two" + seed, two.export());
                one.take(ofTwo);
                two.take(ofOne);
                assertThat(contents(one)).as("seed " + seed).isEqualTo(contents(two));
            }
        }
    }

    /** Users, keys, values and versions of the memories. Deletes of what a newer delete covers may differ. */
    private static List<String> contents(Transfer transfer) {
        return text(transfer.export())
                .lines()
                .filter(line -> line.contains("\"type\":\"memory\""))
                .map(line -> line.replaceAll("\"created_at\":\"[^\"]*\",", ""))
                .toList();
    }

    /** The other formats that come back exactly, but for the deletes. */
    @Test
    void tablesAndBundlesComeBackExactly() throws IOException {
        for (Format format : List.of(Format.CSV, Format.OKF)) {
            try (Transfer from = Transfer.into(folder.resolve("from-" + format + ".db"));
                    Transfer to = Transfer.into(folder.resolve("to-" + format + ".db"))) {
                new RandomHistory(from.memory, 21).run(OPERATIONS);
                Path file = folder.resolve(format + ".export");
                from.export(format, file);
                to.take(file);
                assertThat(to.faults).as(format.label()).isEmpty();
                assertThat(memories(to.export())).as(format.label()).isEqualTo(memories(from.export()));
                byte[] first = Files.readAllBytes(file);
                from.export(format, file);
                assertThat(Arrays.equals(first, Files.readAllBytes(file)))
                        .as("the same memories make the same " + format.label())
                        .isTrue();
            }
        }
    }

    private static List<String> memories(byte[] archive) {
        return text(archive)
                .lines()
                .filter(line -> line.contains("\"type\":\"memory\""))
                .toList();
    }
}
