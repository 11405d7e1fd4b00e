package io.unifiedmemory.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Revision;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keys held before, out in an archive and in again: what comes along, and what must not come back. */
class HistoryTransferTest {

    private static final String MANIFEST = "{\"format\":\"unified-memory archive\",\"version\":\"1.1\"}";

    @TempDir
    private Path folder;

    private Transfer from;
    private Transfer to;

    @BeforeEach
    void open() {
        from = Transfer.into(folder.resolve("from.db"));
        to = Transfer.into(folder.resolve("to.db"));
    }

    @AfterEach
    void close() {
        from.close();
        to.close();
    }

    private static void store(Transfer into, String key, String... values) {
        for (String value : values) {
            into.memory.store("me", key, value, Map.of());
        }
    }

    private Path archive() throws IOException {
        return Files.write(folder.resolve("archive.jsonl"), from.export());
    }

    /** Every text that is remembered of a user's past, the last one first. */
    private static List<String> past(Transfer of, String key) {
        return of.store.history().list("me", key, null, 100, Long.MAX_VALUE).stream()
                .map(one -> one.entry().value())
                .toList();
    }

    @Test
    void theHistoryComesAlongAndCanBeRestoredThere() throws IOException {
        store(from, "tea", "green", "black", "white");
        store(from, "milk", "oat");
        from.memory.delete("me", "milk", null);
        store(from, "sugar", "brown");
        from.memory.deleteAll("me", null);
        store(from, "salt", "coarse", "fine");
        Path archive = archive();

        ImportReport report = to.take(archive);

        assertThat(to.faults).isEmpty();
        assertThat(report.revisions()).isEqualTo(6);
        assertThat(report.skipped()).isZero();
        for (String key : List.of("tea", "milk", "sugar", "salt")) {
            List<Revision> there = to.store.history().list("me", key, null, 9, Long.MAX_VALUE);
            assertThat(there).as(key).isEqualTo(from.store.history().list("me", key, null, 9, Long.MAX_VALUE));
        }
        to.memory.restore("me", "milk", null, null);
        assertThat(to.value("me", "milk")).isEqualTo("oat");
        assertThat(Objects.requireNonNull(to.memory.restore("me", "tea", 2, null))
                        .revision()
                        .entry()
                        .value())
                .isEqualTo("black");
    }

    @Test
    void importingAgainChangesNothingAndBringsWhatIsNewSince() throws IOException {
        store(from, "tea", "green", "black");
        to.take(archive());
        ImportReport again = to.take(archive());
        assertThat(again.revisions()).isZero();
        assertThat(again.skipped()).isEqualTo(1);

        store(from, "tea", "white", "red");
        ImportReport later = to.take(archive());

        // "black" was replaced by the import itself.
        assertThat(later.revisions()).isEqualTo(1);
        assertThat(past(to, "tea")).containsExactly("white", "black", "green");
        assertThat(to.take(archive()).revisions()).isZero();
    }

    @Test
    void whatWasDeletedForGoodDoesNotComeBack() throws IOException {
        store(from, "tea", "green", "black");
        store(from, "milk", "oat", "rye");
        from.memory.delete("me", "milk", null);
        store(from, "salt", "coarse", "fine");
        to.take(archive());
        to.memory.delete("me", "tea", null, true);
        to.memory.delete("me", "milk", null, true);
        to.memory.delete("me", "salt", null, true);
        store(to, "salt", "new here");
        assertThat(past(to, "tea")).isEmpty();

        ImportReport report = to.take(archive());

        assertThat(report.revisions()).isZero();
        assertThat(report.skipped()).isEqualTo(4);
        for (String key : List.of("tea", "milk", "salt")) {
            assertThat(past(to, key)).as(key).isEmpty();
        }
        to.memory.deleteAll("me", null, true);
        to.take(archive());
        assertThat(to.store.history().list("me", null, null, 9, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void whereSomethingNewerIsKnownItsOwnHistoryStays() throws IOException {
        store(from, "tea", "green", "black");
        Path archive = archive();
        store(to, "tea", "mine", "mine too");

        ImportReport report = to.take(archive);

        assertThat(report.revisions()).isZero();
        assertThat(report.skipped()).isEqualTo(1);
        assertThat(past(to, "tea")).containsExactly("mine");
    }

    @Test
    void aDryRunCountsTheSameAndTakesNothing() throws IOException {
        store(to, "older here", "mine");
        store(from, "tea", "green", "black");
        store(from, "older here", "theirs", "theirs too");
        store(from, "newer here", "theirs", "theirs too");
        store(from, "milk", "oat");
        from.memory.delete("me", "milk", null);
        store(to, "newer here", "mine");
        for (OnConflict conflict : List.of(OnConflict.NEWEST, OnConflict.SKIP, OnConflict.OVERWRITE)) {
            try (Transfer copy = Transfer.into(folder.resolve(conflict + ".db"))) {
                copy.take(Files.write(folder.resolve("before.jsonl"), to.export()));
                byte[] before = copy.export();
                ImportReport dry = copy.on(conflict).dryRun(true).take(archive());
                assertThat(copy.export()).isEqualTo(before);
                ImportReport wet = copy.dryRun(false).take(archive());
                assertThat(wet.revisions()).as(conflict.toString()).isEqualTo(dry.revisions());
                assertThat(wet.skipped()).as(conflict.toString()).isEqualTo(dry.skipped());
            }
        }
    }

    /** A write anew has its history before it; what stays has what came before it. */
    @Test
    void whatIsTakenFollowsWhatCounts() throws IOException {
        store(from, "tea", "green", "black");
        store(to, "milk", "oat");
        store(from, "milk", "rye", "soy");
        assertThat(to.on(OnConflict.SKIP).take(archive()).revisions()).isEqualTo(1);
        assertThat(past(to, "tea")).containsExactly("green");
        assertThat(past(to, "milk")).isEmpty();

        ImportReport report = to.on(OnConflict.OVERWRITE).take(archive());
        assertThat(report.revisions()).isZero();
        assertThat(report.skipped()).isEqualTo(2);
        assertThat(past(to, "milk")).containsExactly("oat");
    }

    @Test
    void theOptionsOfTheStoreHoldForWhatComesIn() throws IOException {
        store(from, "tea", "a", "b", "c", "d", "e");
        Path archive = archive();
        for (HistoryOptions kept : List.of(HistoryOptions.OFF, new HistoryOptions(Duration.ofDays(1), 2, 1 << 20))) {
            SqliteOptions options = SqliteOptions.of(folder.resolve(kept.maxBytes() + ".db"));
            try (Transfer other = new Transfer(SqliteStore.of(options.with(kept), WaitListener.NONE))) {
                ImportReport dry = other.dryRun(true).take(archive);
                ImportReport report = other.dryRun(false).take(archive);
                assertThat(report).isEqualTo(dry);
                assertThat(report.revisions()).isEqualTo(kept.isOn() ? 4 : 0);
                assertThat(past(other, "tea")).isEqualTo(kept.isOn() ? List.of("d", "c") : List.of());
                assertThat(other.take(archive).revisions()).isZero();
            }
        }
        String text = Files.readString(archive)
                .replaceAll("\"ended_at\":\"[^\"]*\"", "\"ended_at\":\"2020-01-01T00:00:00Z\"");
        assertThat(to.take(Files.writeString(archive, text)).skipped()).isEqualTo(4);
        assertThat(past(to, "tea")).isEmpty();
    }

    @Test
    void itIsLeftOutWhereNobodyWantsItOrTheFormatHasNoPlace() throws IOException {
        store(from, "tea", "green earlier", "black");
        assertThat(text(from.export())).contains("green earlier").contains("\"deletes\":0,\"revisions\":1}");
        assertThat(text(from.withoutHistory().export()))
                .doesNotContain("green earlier")
                .contains("\"deletes\":0,\"revisions\":0}");
        for (Format format : List.of(Format.CSV, Format.MARKDOWN)) {
            Path file = folder.resolve(format.label());
            from.export(format, file);
            assertThat(Files.readString(file)).contains("black").doesNotContain("green earlier");
        }
    }

    private static String text(byte[] archive) {
        return new String(archive, StandardCharsets.UTF_8);
    }

    /** Lines stand for themselves: whoever takes some out, or writes some, finds no hole in the rules. */
    @Test
    void aRevisionIsHeldToWhatHoldsForMemories() {
        String now = Instant.now().toString();
        String line = "{\"type\":\"revision\",\"user_id\":\"USER\",\"key\":\"KEY\",\"value\":\"VALUE\",\"metadata\":{},"
                + "\"version\":\"7\",\"ended_at\":\"" + now + "\",\"how\":\"replaced\"}";
        Path file = Transfer.write(
                folder.resolve("archive.jsonl"),
                MANIFEST,
                line.replace("USER", "forbidden"),
                line.replace("VALUE", "x".repeat((1 << 20) + 1)),
                line.replace("KEY", "tab\\t"),
                line.replace("replaced", "lost"),
                line.replace("\"ended_at\":\"" + now + "\",", ""),
                line.replace("USER", "me").replace("\"how\"", "\"why\":1,\"how\""),
                line.replace("USER", "anna"),
                "{\"type\":\"end\",\"memories\":0,\"deletes\":0,\"revisions\":7}");

        ImportReport report = to.take(file);

        assertThat(to.faults)
                .containsExactly(
                        "archive.jsonl, line 2 belongs to a user whose memories must not be written here",
                        "archive.jsonl, line 3 value must have at most 1048576 bytes in UTF-8, not 1048577",
                        "archive.jsonl, line 4 key must not contain control characters, but has U+0009 at index 3",
                        "archive.jsonl, line 5 has a \"how\" that is not replaced, deleted or expired",
                        "archive.jsonl, line 6 has no text \"ended_at\"",
                        "archive.jsonl, line 7 was read but for why, which this version of the program does not know");
        assertThat(report.revisions()).isEqualTo(2);
        assertThat(past(to, "KEY")).containsExactly("VALUE");
        assertThat(to.user("anna").take(file).passedOver()).isPositive();
    }

    /** An archive of version 1.0 knows no revisions, and its last line counts none. */
    @Test
    void anOlderArchiveIsReadAsBefore() {
        Path file = Transfer.write(
                folder.resolve("archive.jsonl"),
                MANIFEST.replace("1.1", "1.0"),
                "{\"type\":\"memory\",\"user_id\":\"me\",\"key\":\"tea\",\"value\":\"x\",\"metadata\":{},\"version\":\"7\"}",
                "{\"type\":\"end\",\"memories\":1,\"deletes\":0}");
        to.take(file);
        assertThat(to.faults).isEmpty();
        to.take(Transfer.write(
                folder.resolve("cut.jsonl"),
                MANIFEST,
                "{\"type\":\"end\",\"memories\":0,\"deletes\":0,\"revisions\":1}"));
        assertThat(to.faults)
                .containsExactly("cut.jsonl, line 2 says that there are 0 memories, 0 deletes and 1 revisions, but 0, 0"
                        + " and 0 were found");
    }
}
