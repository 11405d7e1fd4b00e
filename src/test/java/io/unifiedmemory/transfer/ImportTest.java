package io.unifiedmemory.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.Meter;
import io.unifiedmemory.transfer.format.Recognition;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.transfer.format.TransferException;
import io.unifiedmemory.unified.writes.BatchOutcome;
import io.unifiedmemory.unified.writes.OnConflict;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What counts where a key is held, and what becomes of files that are damaged or meant to do harm. */
class ImportTest {

    private static final String MANIFEST = "{\"format\":\"unified-memory archive\",\"version\":\"1.0\"}";

    @TempDir
    private Path folder;

    private Transfer to;

    @BeforeEach
    void open() {
        to = Transfer.into(folder.resolve("memory.db"));
    }

    @AfterEach
    void close() {
        to.close();
    }

    private Path csv(String... rows) {
        List<String> lines = new ArrayList<>(List.of("key,value,updated_at"));
        lines.addAll(List.of(rows));
        return Transfer.write(folder.resolve("facts.csv"), lines.toArray(String[]::new));
    }

    private Path archive(String... lines) {
        List<String> all = new ArrayList<>(List.of(MANIFEST));
        all.addAll(List.of(lines));
        return Transfer.write(folder.resolve("archive.jsonl"), all.toArray(String[]::new));
    }

    private static String memory(String user, String key, String value, long version) {
        return "{\"type\":\"memory\",\"user_id\":\"%s\",\"key\":\"%s\",\"value\":\"%s\",\"metadata\":{},\"version\":\"%d\"}"
                .formatted(user, key, value, version);
    }

    private static String end(int memories, int deletes) {
        return "{\"type\":\"end\",\"memories\":%d,\"deletes\":%d}".formatted(memories, deletes);
    }

    @Test
    void theNewerCountsUnlessTheCallerWantsOtherwise() {
        to.memory.store("me", "tea", "mine", Map.of());
        Path older = csv("tea,theirs,2020-01-01");

        assertThat(to.take(older).memories()).isEqualTo(Map.of(BatchOutcome.OLDER, 1L));
        assertThat(to.value("me", "tea")).isEqualTo("mine");

        to.at(Instant.now().plusSeconds(100));
        assertThat(to.on(OnConflict.SKIP).take(csv("tea,theirs,", "milk,oat,")).memories())
                .isEqualTo(Map.of(BatchOutcome.SKIPPED, 1L, BatchOutcome.NEW, 1L));
        assertThat(to.value("me", "tea")).isEqualTo("mine");

        older = csv("tea,theirs,2020-01-01");
        assertThat(to.on(OnConflict.OVERWRITE).take(older).memories()).isEqualTo(Map.of(BatchOutcome.NEWER, 1L));
        assertThat(to.value("me", "tea")).isEqualTo("theirs");
        assertThat(to.take(older).memories()).isEqualTo(Map.of(BatchOutcome.EQUAL, 1L));
    }

    @Test
    void whatWasDeletedStaysDeletedUnlessTheFileIsNewer() {
        to.memory.store("me", "tea", "mine", Map.of());
        to.memory.delete("me", "tea", null);
        assertThat(to.take(csv("tea,theirs,2020-01-01")).memories()).isEqualTo(Map.of(BatchOutcome.OLDER, 1L));
        assertThat(to.on(OnConflict.SKIP).take(csv("tea,theirs,2020-01-01")).memories())
                .isEqualTo(Map.of(BatchOutcome.OLDER, 1L));
        assertThat(to.value("me", "tea")).isEmpty();
        to.on(OnConflict.NEWEST).at(Instant.now().plusSeconds(5)).take(csv("tea,theirs,"));
        assertThat(to.value("me", "tea")).isEqualTo("theirs");
    }

    @Test
    void aFileWithoutTimesThatIsImportedAgainBringsBackNothing() throws IOException {
        Path file = csv("tea,theirs,", "milk,oat,");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(100)));
        to.at(FileAge.of(file, Instant.now()));
        assertThat(to.take(file).memories()).isEqualTo(Map.of(BatchOutcome.NEW, 2L));
        to.memory.store("me", "tea", "corrected", Map.of());
        to.memory.delete("me", "milk", null);

        to.at(FileAge.of(file, Instant.now()));
        assertThat(to.take(file).memories()).isEqualTo(Map.of(BatchOutcome.OLDER, 2L));

        assertThat(to.value("me", "tea")).isEqualTo("corrected");
        assertThat(to.value("me", "milk")).isEmpty();
    }

    @Test
    void whatWasWrittenInTheFutureOrNowhereIsOfNow() throws IOException {
        Instant now = Instant.now();
        Path file = csv("tea,theirs,");
        Files.setLastModifiedTime(file, FileTime.from(now.plusSeconds(1_000)));
        assertThat(FileAge.of(file, now).written()).isEqualTo(now.truncatedTo(ChronoUnit.MILLIS));
        assertThat(FileAge.of(file.resolveSibling("none"), now)).isEqualTo(new FileAge(now, now));
        assertThat(FileAge.of(Files.createDirectory(file.resolveSibling("empty")), now))
                .isEqualTo(new FileAge(now, now));
    }

    @Test
    void aTimeThatNoYearHasIsNamed() {
        to.take(archive(
                "{\"type\":\"memory\",\"user_id\":\"me\",\"key\":\"k\",\"value\":\"v\",\"metadata\":{},\"version\":\"7\","
                        + "\"updated_at\":\"+999999999-01-01T00:00:00Z\"}",
                end(1, 0)));

        assertThat(to.faults).isNotEmpty().first().asString().contains("updated_at");
        to.take(csv("tea,theirs,+999999999-01-01T00:00:00Z"));
        assertThat(to.value("me", "tea")).isEqualTo("theirs");
    }

    @Test
    void frontMatterThatHasNoEndIsNamedAndTheFileIsRead() throws IOException {
        for (String yaml : List.of("a: &a [*a]", "[".repeat(3_000), "a: &a [1]\nb: [*a, *a]")) {
            Path file = Files.writeString(folder.resolve("note.md"), "---\n" + yaml + "\n---\nThe text of the note\n");
            ImportReport report = to.on(OnConflict.OVERWRITE).take(file);
            assertThat(report.remarks().keySet())
                    .as(yaml.substring(0, 5))
                    .anyMatch(what -> what.contains("front matter"));
            assertThat(report.memories()).isNotEmpty();
        }
    }

    @Test
    void aDryRunSaysTheSameAndChangesNothing() {
        to.memory.store("me", "old", "mine", Map.of());
        to.memory.store("anna", "gone", "yes", Map.of());
        byte[] before = to.export();
        long later = HlcTimestamp.atMillis(Instant.now().plusSeconds(10).toEpochMilli())
                .stamp();
        Path file = archive(
                memory("anna", "new", "x", 7),
                memory("me", "old", "y", 7),
                "{\"type\":\"delete\",\"user_id\":\"anna\",\"key\":\"gone\",\"version\":\"" + later + "\"}",
                "{\"type\":\"delete_all\",\"user_id\":\"bert\",\"version\":\"9\"}",
                "nonsense",
                end(2, 2));
        ImportReport dry = to.dryRun(true).take(file);
        assertThat(to.faults).hasSize(1);
        assertThat(to.export()).isEqualTo(before);
        assertThat(to.dryRun(false).take(file)).isEqualTo(dry);
        assertThat(dry.memories()).isEqualTo(Map.of(BatchOutcome.NEW, 1L, BatchOutcome.OLDER, 1L));
        assertThat(dry.deletes()).isEqualTo(Map.of(BatchOutcome.NEWER, 1L, BatchOutcome.NEW, 1L));
        assertThat(to.value("anna", "gone")).isEmpty();
    }

    @Test
    void onlyTheWantedAndPermittedUsersAreTaken() {
        Path file = archive(
                memory("anna", "a", "x", 7), memory("bert", "b", "y", 7), memory("forbidden", "c", "z", 7), end(3, 0));
        ImportReport report = to.user("anna").take(file);
        assertThat(report.passedOver()).isEqualTo(2);
        assertThat(to.value("bert", "b")).isEmpty();
        to.user(null).take(file);
        assertThat(to.value("bert", "b")).isEqualTo("y");
        assertThat(to.faults)
                .containsExactly("archive.jsonl, line 4 belongs to a user whose memories must not be written here");
        assertThat(to.value("forbidden", "c")).isEmpty();
    }

    /** The one transaction of a batch has what is owed, and an import that changes nothing owes nothing. */
    @Test
    void upstreamsAreOwedWhatIsNew() {
        SqliteStore store = SqliteStore.of(SqliteOptions.of(folder.resolve("front.db")), WaitListener.NONE);
        Path file = archive(
                memory("anna", "a", "x", 7),
                memory("anna", "b", "y", 8),
                "{\"type\":\"delete\",\"user_id\":\"anna\",\"key\":\"c\",\"version\":\"9\"}",
                end(2, 1));
        try (Transfer front = Transfer.withReplica(store)) {
            front.take(file);
            assertThat(owed(store)).containsExactly("STORE a 7", "STORE b 8", "DELETE c 9");
            for (OutboxAdmin.Item item : store.outboxAdmin().page("up", null, 10)) {
                store.outbox().acknowledge(List.of(item.entry()));
            }
            front.take(file);
            assertThat(owed(store)).isEmpty();
        }
    }

    private static List<String> owed(SqliteStore store) {
        return store.outboxAdmin().page("up", null, 10).stream()
                .map(OutboxAdmin.Item::entry)
                .map(entry -> entry.operation() + " " + entry.key() + " "
                        + entry.version().stamp())
                .toList();
    }

    @Test
    void whatIsFoundBySearchIsThere() {
        to.take(csv("tea,the green one,2025-01-01"));
        to.store.finishIndex(left -> {});
        assertThat(to.store
                        .search(new SearchRequest("me", Query.of("green"), 5))
                        .hits())
                .hasSize(1);
    }

    @Test
    void everyDamagedLineIsNamedAndTheRestIsRead() throws IOException {
        Path file = archive(
                memory("anna", "first", "x", 7),
                "{\"type\":\"memory\",\"user_id\":\"anna\"",
                memory("anna", "k".repeat(513), "x", 7),
                memory("anna", "tab\\t", "x", 7),
                memory("anna", "half", "\\ud800", 7),
                memory("anna", "large", "x".repeat((1 << 20) + 1), 7),
                memory("anna", "ancient", "x", 7).replace("\"7\"", "7"),
                memory("anna", "never", "x", Long.MAX_VALUE),
                memory("anna", "twice", "x", 7).replace("{\"type\"", "{\"key\":\"once\",\"type\""),
                memory("anna", "later", "x", 7)
                        .replace("\"metadata\"", "\"seen_by\":\"2030-01-01T00:00:00Z\",\"metadata\""),
                "{\"type\":\"dream\",\"user_id\":\"anna\",\"key\":\"first\"}",
                "[1]",
                "",
                memory("anna", "last", "y", 7),
                end(12, 0));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(
                file,
                new String(bytes, StandardCharsets.UTF_8)
                        .replace("[1]", "\u00FF")
                        .getBytes(StandardCharsets.ISO_8859_1));
        to.take(file);
        assertThat(to.value("anna", "first")).isEqualTo("x");
        assertThat(to.value("anna", "later")).isEqualTo("x");
        assertThat(to.value("anna", "last")).isEqualTo("y");
        assertThat(to.faults).hasSize(12);
        assertThat(to.faults.get(0)).startsWith("archive.jsonl, line 3 is not one JSON object");
        assertThat(to.faults.get(1)).isEqualTo("archive.jsonl, line 4 key must have 1 to 512 characters, not 513");
        assertThat(to.faults.get(2)).startsWith("archive.jsonl, line 5 key must not contain control characters");
        assertThat(to.faults.get(3)).startsWith("archive.jsonl, line 6 value is not valid Unicode");
        assertThat(to.faults.get(4)).startsWith("archive.jsonl, line 7 value must have at most 1048576 bytes");
        assertThat(to.faults.get(5)).startsWith("archive.jsonl, line 8 has no text \"version\"");
        assertThat(to.faults.get(6)).startsWith("archive.jsonl, line 9 a version beyond the year 3000");
        assertThat(to.faults.get(7)).startsWith("archive.jsonl, line 10 is not one JSON object: Duplicate");
        assertThat(to.faults.get(8)).startsWith("archive.jsonl, line 11 was read but for seen_by");
        assertThat(to.faults.get(9)).startsWith("archive.jsonl, line 12 is of the type \"dream\"");
        assertThat(to.faults.get(10))
                .isEqualTo("archive.jsonl, line 13 has bytes that are no text: save the file in UTF-8");
        assertThat(to.faults.get(11)).startsWith("archive.jsonl, line 16 says that there are 12 memories");
    }

    @Test
    void aWriterThatIsNoTextIsNamedAndKeepsNoOtherOut() {
        to.take(archive(
                memory("anna", "first", "x", 7),
                memory("anna", "half", "x", 8).replace("\"metadata\"", "\"written_by\":\"a\\ud800\",\"metadata\""),
                memory("anna", "last", "y", 9),
                end(3, 0)));
        assertThat(to.faults)
                .containsExactly("archive.jsonl, line 3 written_by is not valid Unicode: unpaired surrogate at index 1");
        assertThat(to.value("anna", "first")).isEqualTo("x");
        assertThat(to.value("anna", "last")).isEqualTo("y");
    }

    @ParameterizedTest
    @EnumSource(names = {"OKF", "CSV", "MARKDOWN", "JSONL"})
    void whatHasExpiredIsInTheArchiveAlone(Format format) {
        to.memory.store("anna", "gone", "short", Map.of(), Transfer.NOW, null);
        to.memory.store("anna", "kept", "long", Map.of(), Transfer.NOW.plusSeconds(1), null);
        Path file = folder.resolve("exported");
        assertThat(to.export(format, file).memories()).isEqualTo(format == Format.JSONL ? 2 : 1);
        if (format != Format.MARKDOWN) {
            Transfer other = Transfer.into(folder.resolve("other.db"));
            other.take(file);
            assertThat(other.value("anna", "kept")).isEqualTo("long");
            assertThat(other.value("anna", "gone")).isEqualTo(format == Format.JSONL ? "short" : "");
            other.close();
        }
    }

    @Test
    void anArchiveThatWasCutOffIsTold() {
        to.take(archive(memory("anna", "a", "x", 7)));
        assertThat(to.faults)
                .containsExactly("archive.jsonl, the end is missing: the archive was cut off after 1 memories");
        assertThat(to.value("anna", "a")).isEqualTo("x");
        Path newer = Transfer.write(folder.resolve("newer"), MANIFEST.replace("1.0", "2.0"));
        assertThatThrownBy(() -> to.take(newer))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("newer program");
    }

    /** In a heap that is smaller than the line. */
    @Test
    void aLineOfManyMegabytesIsPassedOver() throws IOException {
        Path file = folder.resolve("long.jsonl");
        byte[] block = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write((MANIFEST + "\n{\"type\":\"memory\",\"value\":\"").getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 1_600; i++) {
                out.write(block);
            }
            out.write(("\"}\n" + memory("anna", "a", "x", 7) + "\n" + end(2, 0)).getBytes(StandardCharsets.UTF_8));
        }
        to.take(file);
        assertThat(to.faults.get(0)).startsWith("long.jsonl, line 2 is longer than");
        assertThat(to.value("anna", "a")).isEqualTo("x");
    }

    @Test
    void aFileInUtf16IsRead() throws IOException {
        Path file = folder.resolve("facts.txt");
        Files.write(file, "\uFEFFkey\tvalue\r\ntea\t\uD83C\uDF75 gr\u00FCn\r\n".getBytes(StandardCharsets.UTF_16LE));
        to.take(file);
        assertThat(to.value("me", "tea")).isEqualTo("\uD83C\uDF75 gr\u00FCn");
    }

    @Test
    void namesThatNoKeyCanHaveAreMadeOnes() {
        ImportReport report = to.take(Transfer.write(
                folder.resolve("memory.jsonl"),
                "{\"type\":\"entity\",\"name\":\"line\\nbreak\",\"entityType\":\"t\",\"observations\":[\"one\"]}",
                "{\"type\":\"entity\",\"name\":\"" + "n".repeat(600)
                        + "\",\"entityType\":\"t\",\"observations\":[\"two\"]}",
                "{\"type\":\"entity\",\"name\":\"half\",\"entityType\":\"t\",\"observations\":[\"\\ud800three\"]}",
                "{\"type\":\"entity\",\"name\":\"half\",\"entityType\":\"t\",\"observations\":[\"again\"]}"));
        List<String> keys = to.memory.list(new ListRequest("me", null, 10)).page().entries().stream()
                .map(MemoryEntry::key)
                .toList();
        assertThat(keys).hasSize(3);
        assertThat(keys.get(0)).isEqualTo("half");
        assertThat(keys.get(1)).matches("line break~[0-9a-f]{12}");
        assertThat(keys.get(2)).matches("n{499}~[0-9a-f]{12}");
        assertThat(to.value("me", "half")).isEqualTo("\uFFFDthree");
        assertThat(to.faults)
                .hasSize(1)
                .first()
                .asString()
                .contains("memory.jsonl, line 4")
                .contains("came before");
        assertThat(report.remarks().values()).containsExactlyInAnyOrder(2L, 1L);
    }

    @Test
    void aZipFileLeadsNowhereAndDoesNotExplode() throws IOException {
        Path file = folder.resolve("evil.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            zip.putNextEntry(new ZipEntry("../../outside.md"));
            zip.write("leads out".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("fine.md"));
            zip.write("stays".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("conversations.json"));
            zip.write("[{\"mapping\": {}, \"id\": ".getBytes(StandardCharsets.UTF_8));
            byte[] block = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 100; i++) {
                zip.write(block);
            }
        }
        to.take(file);
        assertThat(to.value("me", "fine")).isEqualTo("stays");
        assertThat(to.faults).hasSize(2);
        assertThat(to.faults.get(0)).isEqualTo("../../outside.md has a name that leads outside");
        assertThat(to.faults.get(1))
                .startsWith("conversations.json cannot be read any further: it unpacks to 200 times");
    }

    @Test
    void aDocumentIsReadAsFarAsItIsJson() {
        Path file = Transfer.write(
                folder.resolve("mem0.json"),
                "[{\"id\":\"a\",\"memory\":\"one\"},",
                "{\"id\":\"b\",\"memory\":\"two\"},",
                "{\"id\":,");
        to.take(file);
        assertThat(to.value("me", "mem0/b")).isEqualTo("two");
        assertThat(to.faults)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("mem0.json, line 3 is not JSON, and nothing behind it");
    }

    @Test
    void nestingWithoutEndIsNoStackOverflow() {
        Path file = Transfer.write(
                folder.resolve("deep.json"), "[{\"id\":\"a\",\"memory\":\"one\",\"more\":" + "[".repeat(100_000));
        to.take(file);
        assertThat(to.faults).hasSize(1);
    }

    @Test
    void whatIsNoMemoryAtAllIsRefusedWithTheFormats() {
        Path file = Transfer.write(folder.resolve("letter.txt"), "Dear all,", "nothing to see here");
        assertThatThrownBy(() -> to.take(file))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("--format");
        Path read = folder.resolve("read.md");
        to.export(Format.MARKDOWN, read);
        assertThatThrownBy(() -> to.take(read))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("archive");
        assertThatThrownBy(() -> to.take(folder.resolve("none"))).isInstanceOf(TransferException.class);
    }

    @Test
    void anExportHasOnlyTheUsersThatItMay() throws IOException {
        to.memory.store("anna", "a", "x", Map.of());
        to.memory.store("bert", "b", "y", Map.of());
        to.memory.delete("bert", "b", null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var writer = Format.JSONL.writer(out, Transfer.NOW)) {
            Export.Result result = new Export(to.store, "anna"::equals, true).run(null, writer, memories -> {});
            assertThat(result).isEqualTo(new Export.Result(1, 0, 0));
            assertThat(new Export(to.store, "anna"::equals, true).run("bert", writer, memories -> {}))
                    .isEqualTo(new Export.Result(0, 0, 0));
            writer.finish();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("anna").doesNotContain("bert");
    }

    /** Keys that no file system takes, or that are one to some. */
    @Test
    void aFolderOfFilesHasOneForEachKey() throws IOException {
        List<String> keys = List.of(
                "a",
                "A",
                "a/b",
                "../up",
                "/",
                "..",
                "index",
                "con.txt",
                "x".repeat(512),
                "a.md",
                "\u00FC",
                "%",
                "a\\b",
                "nul/x",
                ".hidden",
                "a/",
                "~");
        keys.forEach(key -> to.memory.store("../anna", key, "v " + key, Map.of()));
        Path bundle = Files.createDirectories(folder.resolve("bundle"));
        try (var writer = Format.okf(bundle, Transfer.NOW)) {
            new Export(to.store, any -> true, true).run(null, writer, memories -> {});
            writer.finish();
        }
        try (Transfer other = Transfer.into(folder.resolve("other.db"))) {
            other.take(bundle);
            assertThat(other.faults).isEmpty();
            keys.forEach(key ->
                    assertThat(other.store.retrieve("../anna", key)).as(key).isInstanceOf(Lookup.Found.class));
        }
        try (var files = Files.walk(bundle)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(Path::toString)
                            .map(String::toLowerCase)
                            .distinct())
                    .hasSize(keys.size() + 1);
        }
    }

    private Path zip(String name, Map<String, byte[]> files) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> each : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }

    /** One file that is of another version, or damaged, or meant for people, keeps none of the others out. */
    @Test
    void aFileThatIsRefusedKeepsNoOtherOfItsFolderOut() throws IOException {
        to.memory.store("anna", "tea", "green", Map.of());
        Path read = folder.resolve("memories.md");
        to.export(Format.MARKDOWN, read);
        Path file = zip(
                "many.zip",
                Map.of(
                        "a-newer.jsonl", bytes(MANIFEST.replace("1.0", "2.0") + "\n" + memory("me", "n", "x", 7)),
                        "b-memories.md", Files.readAllBytes(read),
                        "c-facts.csv", bytes("key,value\nmilk,oat\n"),
                        "d-wrong.jsonl", bytes("{\"format\":\"unified-memory archive\"}\n"),
                        ".hidden/e.md", bytes("secret"),
                        "f.md", bytes("the last one")));
        ImportReport report = to.take(file);
        assertThat(to.value("me", "milk")).isEqualTo("oat");
        assertThat(to.value("me", "f")).isEqualTo("the last one");
        assertThat(to.faults).hasSize(3);
        assertThat(to.faults.get(0)).startsWith("a-newer.jsonl is left out: ").contains("newer program");
        assertThat(to.faults.get(1)).startsWith("b-memories.md is left out: ").contains("export to be read");
        assertThat(to.faults.get(2)).startsWith("d-wrong.jsonl is left out: ");
        assertThat(report.remarks()).containsEntry("is a hidden file or folder, and left out", 1L);
    }

    /** Whose memories these are nobody can say of a file later in the folder either. */
    @Test
    void aFolderWithoutUsersIsRefusedOnce() throws IOException {
        Path file = zip("notes.zip", Map.of("a.md", bytes("one"), "b.md", bytes("two")));
        ImportOptions options = new ImportOptions(null, null, any -> true, any -> true, OnConflict.NEWEST, false, Limits.DEFAULT);
        Import run = new Import(
                to.memory, to.store, options, new FileAge(Transfer.NOW, Transfer.NOW), fault -> {}, done -> {});
        assertThatThrownBy(() -> run.run(new Recognition(null, TableChoice.NONE, null, new Meter()).reader(file)))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("--user ID");
    }

    @Test
    void whatStandsBeforeADamagedEndIsImported() throws IOException {
        StringBuilder rows = new StringBuilder("key,value\n");
        for (int i = 0; i < 20_000; i++) {
            rows.append("key ").append(i).append(',').append(i * 7919L % 10_007).append('\n');
        }
        byte[] packed = gzipped(bytes(rows.toString()));
        Path file = Files.write(folder.resolve("facts.csv.gz"), Arrays.copyOf(packed, packed.length / 2));
        assertThatThrownBy(() -> to.take(file)).hasCauseInstanceOf(IOException.class);
        long kept = to.memory
                .list(new ListRequest("me", null, 1_000))
                .page()
                .entries()
                .size();
        assertThat(kept).isEqualTo(1_000);
        assertThat(to.imported % 500).as("not only whole batches").isNotZero();
    }

    @Test
    void aGzipFileDoesNotExplode() throws IOException {
        Path file = folder.resolve("bomb.csv.gz");
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) ',');
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
            gzip.write(bytes("key,value\ntea,green\n"));
            for (int i = 0; i < 100; i++) {
                gzip.write(block);
            }
        }
        assertThatThrownBy(() -> to.take(file)).hasMessageContaining("unpacks to 200 times");
        assertThat(to.value("me", "tea")).isEqualTo("green");
    }

    /** In a heap that is smaller than the row. */
    @Test
    void aRowOfManyMegabytesIsPassedOver() throws IOException {
        Path file = folder.resolve("long.csv");
        for (String endless : List.of("\"\"", ",", "x")) {
            byte[] block = bytes(endless.repeat((1 << 16) / endless.length()));
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                out.write(bytes("key,value\nfirst,\""));
                for (int i = 0; i < 1_600; i++) {
                    out.write(block);
                }
                out.write(bytes("\nlast,behind it\n"));
            }
            to.take(file);
            assertThat(to.faults.get(0)).as(endless).startsWith("long.csv, line 2 begins a row that is too long");
            assertThat(to.value("me", "last")).isEqualTo("behind it");
        }
    }

    @Test
    void aQuotationMarkThatIsNotClosedIsTold() {
        to.take(Transfer.write(folder.resolve("facts.csv"), "key,value", "tea,green", "milk,\"oat", "bread,rye"));
        assertThat(to.value("me", "tea")).isEqualTo("green");
        assertThat(to.value("me", "milk")).isEmpty();
        assertThat(to.faults)
                .containsExactly(
                        "facts.csv, line 3 has a quotation mark that is not closed, so nothing behind it was read");
    }

    @Test
    void utf16ThatIsDamagedIsTold() throws IOException {
        Path file = folder.resolve("facts.csv");
        byte[] text = "\uFEFFkey\tvalue\r\ntea\tgr\u00FCn\r\nmilk\tX\r\n".getBytes(StandardCharsets.UTF_16LE);
        int lost = text.length - 6;
        text[lost] = 0;
        text[lost + 1] = (byte) 0xD8;
        Files.write(file, text);
        to.take(file);
        assertThat(to.value("me", "tea")).isEqualTo("gr\u00FCn");
        assertThat(to.faults).containsExactly("facts.csv, line 3 has bytes that are no text: save the file in UTF-8");
    }

    @Test
    void aLinkToAFolderIsTheFolder() throws IOException {
        Path notes = Files.createDirectory(folder.resolve("notes"));
        Path note = Files.writeString(notes.resolve("tea.md"), "green");
        Files.createSymbolicLink(notes.resolve("dangling.md"), folder.resolve("nowhere"));
        Instant written = Instant.parse("2026-01-01T00:00:00Z");
        Files.setLastModifiedTime(note, FileTime.from(written));
        Path link = Files.createSymbolicLink(folder.resolve("link"), notes);
        to.take(link);
        assertThat(to.value("me", "tea")).isEqualTo("green");
        assertThat(to.faults).containsExactly("dangling.md is a link or no file, which is not followed");
        assertThat(FileAge.of(link, Transfer.NOW)).isEqualTo(new FileAge(written, Transfer.NOW));
    }

    /** Wherever it was written, a memory is not of the future, where it would win over all corrections until then. */
    @Test
    void aTimeWithoutAZoneIsOfTheZoneThatWasSaidAndNeverOfTheFuture() {
        Path file = csv("tea,green,2026-06-01 10:00:00", "milk,oat,1.6.2026 10:00", "late,x,2026-11-27 09:00");
        ImportReport report = to.take(file);
        assertThat(updated("tea")).isEqualTo(Instant.parse("2026-06-01T10:00:00Z"));
        assertThat(updated("milk")).isEqualTo(Instant.parse("2026-06-01T10:00:00Z"));
        assertThat(updated("late")).isEqualTo(Transfer.NOW);
        assertThat(report.remarks())
                .containsEntry("has a time without a zone, which is taken for UTC (--time-zone ID otherwise)", 3L)
                .containsEntry(
                        "has a time in the future, or one that no working clock shows: that of the file stands for it",
                        1L);
        report = to.in(ZoneId.of("Australia/Brisbane")).take(csv("new,x,2026-11-27 09:00"));
        assertThat(updated("new")).isEqualTo(Instant.parse("2026-11-26T23:00:00Z"));
        assertThat(report.remarks()).isEmpty();
    }

    private Instant updated(String key) {
        return to.store.retrieve("me", key) instanceof Lookup.Found found
                        && found.entry().updatedAt() != null
                ? found.entry().updatedAt()
                : Instant.EPOCH;
    }

    @Test
    void aTimeInAnUnknownFormIsTold() {
        ImportReport report = to.take(csv("tea,green,the day before yesterday", "milk,oat,06/07/2026", "bread,rye,"));
        assertThat(report.memories()).isEqualTo(Map.of(BatchOutcome.NEW, 3L));
        assertThat(report.remarks())
                .isEqualTo(Map.of("has a time in a form that is not read; that of the file stands for it", 2L));
    }

    /** A memory that is refused is not the first one of its key. */
    @Test
    void whatIsRefusedDoesNotKeepOutWhatFollows() {
        to.take(csv("tea," + "x".repeat((1 << 20) + 1) + ",", "tea,green,"));
        assertThat(to.faults).hasSize(1);
        assertThat(to.value("me", "tea")).isEqualTo("green");
    }

    /** A document that is one conversation is as bounded as one of many. */
    @Test
    void oneElementThatIsTooLargeIsPassedOver() throws IOException {
        Path file = folder.resolve("claude.json");
        String message = "{\"sender\":\"human\",\"text\":\"" + "x".repeat(1 << 20) + "\"},";
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(bytes("{\"uuid\":\"a\",\"name\":\"b\",\"chat_messages\":["));
            for (int i = 0; i < 100; i++) {
                out.write(bytes(message));
            }
            out.write(bytes("{}]}"));
        }
        to.take(file);
        assertThat(to.faults)
                .containsExactly(
                        "claude.json, the document is larger than 32 MiB, as no memory is, and was passed over");
        Files.writeString(
                file,
                "{\"chat_messages\":[{\"sender\":\"human\",\"text\":\"Hello\"}],\"uuid\":\"abcdefghij\",\"name\":\"One\"}");
        to.take(file);
        assertThat(to.value("me", "claude/One/abcdefgh")).isEqualTo("User: Hello");
    }

    @Test
    void anElementThatNamesAFieldTwiceIsToldAndTheOthersAreRead() {
        to.take(Transfer.write(
                folder.resolve("mem0.json"),
                "[{\"id\":\"a\",\"memory\":\"one\",\"memory\":\"two\"},",
                "{\"id\":\"b\",\"memory\":\"three\"}]"));
        assertThat(to.faults).containsExactly("mem0.json, element 1 (line 1) names the field \"memory\" twice");
        assertThat(to.value("me", "mem0/b")).isEqualTo("three");
    }

    @Test
    void aLongConversationIsCutBetweenCharacters() {
        String said = "x".repeat(32 * 1024 - "User: ".length() - 1) + "\uD83C\uDF75" + " and more";
        to.take(Transfer.write(
                folder.resolve("claude.json"),
                "[{\"uuid\":\"a\",\"name\":\"b\",\"chat_messages\":[{\"sender\":\"human\",\"text\":\"" + said
                        + "\"}]}]"));
        assertThat(to.value("me", "claude/b/a") + to.value("me", "claude/b/a/2"))
                .isEqualTo("User: " + said);
    }
}
