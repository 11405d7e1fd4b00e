package io.unifiedmemory.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.transfer.format.Format;
import io.unifiedmemory.transfer.format.TableChoice;
import io.unifiedmemory.transfer.format.TransferException;
import io.unifiedmemory.unified.writes.BatchOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of other programs, each written from its documented schema. */
class ForeignFormatsTest {

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

    private MemoryEntry entry(String user, String key) {
        if (to.store.retrieve(user, key) instanceof Lookup.Found found) {
            return found.entry();
        }
        throw new AssertionError(
                "there is no " + key + " of " + user + " in " + new String(to.export(), StandardCharsets.UTF_8));
    }

    private void requireSameAgain(Path file, long memories) {
        ImportReport again = to.at(Transfer.NOW.plusSeconds(60)).take(file);
        assertThat(again.memories()).isEqualTo(Map.of(BatchOutcome.EQUAL, memories));
    }

    /** Of @modelcontextprotocol/server-memory: one JSON object a line, entities before relations. */
    @Test
    void serverMemory() {
        Path file = Transfer.write(
                folder.resolve("memory.json"),
                "{\"type\":\"entity\",\"name\":\"John\",\"entityType\":\"person\",\"observations\":[\"Speaks Spanish\",\"Likes tea\"]}",
                "{\"type\":\"entity\",\"name\":\"Acme\",\"entityType\":\"organization\",\"observations\":[]}",
                "{\"type\":\"relation\",\"from\":\"John\",\"to\":\"Acme\",\"relationType\":\"works_at\"}");
        ImportReport report = to.take(file);
        assertThat(to.faults).isEmpty();
        assertThat(report.memories()).isEqualTo(Map.of(BatchOutcome.NEW, 2L));
        List<Map<String, String>> relations = List.of(Map.of("from", "John", "to", "Acme", "relationType", "works_at"));
        assertThat(entry("me", "John").value()).isEqualTo("Speaks Spanish\nLikes tea");
        assertThat(entry("me", "John").metadata()).isEqualTo(Map.of("entity_type", "person", "relations", relations));
        assertThat(entry("me", "Acme").metadata())
                .isEqualTo(Map.of("entity_type", "organization", "relations", relations));
        requireSameAgain(file, 2);
    }

    private Path database(String name, String... statements) throws SQLException {
        Path file = folder.resolve(name);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
        return file;
    }

    @Test
    void aTableOfUserKeyAndValue() throws SQLException {
        Path file = database(
                "bot.sqlite",
                "CREATE TABLE settings (name TEXT, flag INTEGER)",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY, UserId INTEGER, mem_key TEXT, val TEXT, mood TEXT, updated_at TEXT)",
                "INSERT INTO memories VALUES (1, 42, 'colour', 'blue', 'calm', '2025-03-01 10:00:00')",
                "INSERT INTO memories VALUES (2, 42, 'colour', 'green', NULL, '2025-03-02 10:00:00')",
                "INSERT INTO memories VALUES (3, 7, 'city', 'Rome', '', '2025-03-01T12:00:00+02:00')",
                "INSERT INTO memories VALUES (4, 7, 'empty', NULL, '', NULL)");
        ImportReport report = to.take(file);
        assertThat(to.faults).containsExactly("bot.sqlite, row 1 of memories has no text in val, or a very long one");
        assertThat(report.memories(BatchOutcome.OLDER)).isEqualTo(1);
        assertThat(entry("42", "colour").value()).isEqualTo("green");
        assertThat(entry("42", "colour").updatedAt()).isEqualTo(Instant.parse("2025-03-02T10:00:00Z"));
        assertThat(entry("7", "city").updatedAt()).isEqualTo(Instant.parse("2025-03-01T10:00:00Z"));
        assertThat(to.at(Transfer.NOW.plusSeconds(9)).take(file).memories())
                .isEqualTo(Map.of(BatchOutcome.EQUAL, 2L, BatchOutcome.OLDER, 1L));
    }

    @Test
    void aTableWithNamesOfItsOwn() throws SQLException {
        Path file = database(
                "own.db",
                "CREATE TABLE \"the \"\"facts\"\"\" (wer TEXT, was TEXT, inhalt TEXT) ",
                "INSERT INTO \"the \"\"facts\"\"\" VALUES ('anna', 'tea', 'old')",
                "INSERT INTO \"the \"\"facts\"\"\" VALUES ('anna', 'tea', 'green')");
        assertThatThrownBy(() -> to.take(file))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("no table")
                .hasMessageContaining("the \"facts\" (wer, was, inhalt)");
        to.from(new TableChoice(null, Map.of("user", "wer", "key", "was", "value", "INHALT")))
                .take(file);
        assertThat(entry("anna", "tea").value())
                .as("the row that was added last counts")
                .isEqualTo("green");
        assertThat(to.faults).hasSize(1).first().asString().contains("row 2").contains("the key tea");
    }

    @Test
    void aDatabaseOfThisProgramIsRefused() {
        to.memory.store("anna", "tea", "green", Map.of());
        assertThatThrownBy(() -> to.take(folder.resolve("memory.db")))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("migrate");
    }

    /** The schema of src/mcp_memory_service/storage/sqlite_vec.py in doobidoo/mcp-memory-service. */
    @Test
    void memoryService() throws SQLException {
        Path file = database(
                "sqlite_vec.db",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, content_hash TEXT UNIQUE NOT NULL, content TEXT NOT"
                        + " NULL, tags TEXT, memory_type TEXT, metadata TEXT, created_at REAL, updated_at REAL, created_at_iso TEXT,"
                        + " updated_at_iso TEXT, deleted_at REAL DEFAULT NULL)",
                "INSERT INTO memories VALUES (1, '0123456789abcdef0123', 'The office is in Bonn', 'work,place', 'fact',"
                        + " '{\"source\": \"chat\", \"score\": 0.5}', 1740000000.25, 1740000001.5, '', '', NULL)",
                // Its vectors are in a table that needs an extension, which cannot be read here, like this view.
                "CREATE TABLE memory_embeddings (id INTEGER)",
                "CREATE VIEW memory_vectors AS SELECT * FROM memory_embeddings",
                "DROP TABLE memory_embeddings",
                "INSERT INTO memories VALUES (2, 'ffff', 'gone', '', 'fact', '{}', 1740000000.0, 1740000000.0, '', '', 1740000002.0)");
        ImportReport report = to.take(file);
        assertThat(to.faults).isEmpty();
        MemoryEntry memory = entry("me", "mcp-memory-service/0123456789abcdef");
        assertThat(memory.value()).isEqualTo("The office is in Bonn");
        assertThat(memory.updatedAt()).isEqualTo(Instant.ofEpochMilli(1_740_000_001_500L));
        assertThat(memory.metadata())
                .containsEntry("tags", List.of("work", "place"))
                .containsEntry("memory_type", "fact")
                .containsEntry("source", "chat");
        assertThat(report.remarks()).containsKey("is deleted there, and left out");
        requireSameAgain(file, 1);
    }

    /** What {@code Memory.get_all} of mem0 returns, saved as JSON. */
    @Test
    void mem0() {
        Path file = Transfer.write(
                folder.resolve("export.json"),
                "{\"results\": [",
                "  {\"id\": \"a1\", \"memory\": \"Likes green tea\", \"hash\": \"x\", \"metadata\": {\"category\": \"drinks\"},",
                "   \"created_at\": \"2025-03-01T10:00:00-08:00\", \"updated_at\": null, \"user_id\": \"alex\"},",
                "  {\"id\": \"a2\", \"memory\": null, \"user_id\": \"alex\"}",
                "]}");
        to.take(file);
        assertThat(entry("alex", "mem0/a1").value()).isEqualTo("Likes green tea");
        assertThat(entry("alex", "mem0/a1").metadata()).isEqualTo(Map.of("category", "drinks"));
        assertThat(entry("alex", "mem0/a1").createdAt()).isEqualTo(Instant.parse("2025-03-01T18:00:00Z"));
        assertThat(to.faults).hasSize(1).first().asString().contains("element 2 (line 4)");
    }

    /** The ZIP file of openmemory/api/app/routers/backup.py in mem0ai/mem0. */
    @Test
    void openMemory() throws IOException {
        String json =
                "{\"user\": {\"id\": \"u-1\", \"user_id\": \"alex\"}, \"apps\": [{\"id\": \"p-1\", \"name\": \"cursor\"}],"
                        + " \"categories\": [{\"id\": \"c-1\", \"name\": \"work\"}], \"memories\": [{\"id\": \"m-1\", \"user_id\": \"u-1\","
                        + " \"app_id\": \"p-1\", \"content\": \"Deploys on Fridays\", \"metadata\": {\"x\": 1}, \"state\": \"active\","
                        + " \"created_at\": \"2025-03-01T10:00:00+00:00\", \"updated_at\": \"2025-03-02T10:00:00+00:00\","
                        + " \"category_ids\": [\"c-1\"]}, {\"id\": \"m-2\", \"content\": \"gone\", \"state\": \"deleted\"}],"
                        + " \"memory_categories\": [], \"status_history\": [{\"id\": \"h\"}], \"access_controls\": [],"
                        + " \"export_meta\": {\"version\": \"1\"}}";
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(lines)) {
            gzip.write("{\"id\": \"m-1\", \"content\": \"Deploys on Fridays\", \"state\": \"active\"}\n"
                    .getBytes(StandardCharsets.UTF_8));
        }
        Path file = zip(
                "openmemory.zip",
                Map.of(
                        "memories.json",
                        json.getBytes(StandardCharsets.UTF_8),
                        "memories.jsonl.gz",
                        lines.toByteArray()));
        ImportReport report = to.take(file);
        assertThat(to.faults).isEmpty();
        assertThat(report.memories()).isEqualTo(Map.of(BatchOutcome.NEW, 1L));
        assertThat(entry("alex", "mem0/m-1").metadata())
                .isEqualTo(Map.of("x", 1, "categories", List.of("work"), "app", "cursor"));
        assertThat(report.remarks().keySet())
                .contains("is deleted there, and left out", "holds the same as memories.json, and is left out");
        Path alone = Files.write(folder.resolve("memories.jsonl.gz"), lines.toByteArray());
        assertThat(to.user("alex").take(alone).memories(BatchOutcome.NEWER)
                        + to.take(alone).memories(BatchOutcome.EQUAL))
                .as("the packed lines can be read, too")
                .isPositive();
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

    /** The export of ChatGPT as basic-memory reads it (importers/chatgpt_importer.py). */
    @Test
    void chatGpt() throws IOException {
        String json = """
                [{"title": "Tea / coffee", "create_time": 1740000000.5, "update_time": 1740000100.0, "id": "conv-123456789",
                  "current_node": "n3", "mapping": {
                   "n0": {"id": "n0", "message": null, "parent": null, "children": ["n1"]},
                   "n1": {"id": "n1", "parent": "n0", "children": ["n2", "n3"], "message": {"author": {"role": "user"},
                     "content": {"content_type": "text", "parts": ["Which tea?"]}, "metadata": {}}},
                   "n2": {"id": "n2", "parent": "n1", "children": [], "message": {"author": {"role": "assistant"},
                     "content": {"content_type": "text", "parts": ["Black."]}, "metadata": {}}},
                   "n3": {"id": "n3", "parent": "n1", "children": [], "message": {"author": {"role": "assistant"},
                     "content": {"content_type": "text", "parts": ["Green."]}, "metadata": {}}}}},
                 {"title": "nothing", "id": "conv-2", "mapping": {"n0": {"message": null}}},
                 {"title": "broken"}]
                """;
        Path file = zip(
                "chatgpt.zip",
                Map.of(
                        "conversations.json",
                        json.getBytes(StandardCharsets.UTF_8),
                        "user.json",
                        "{\"id\": \"user-1\"}".getBytes(StandardCharsets.UTF_8),
                        "file-1.dat",
                        new byte[] {1, 2, 3}));
        ImportReport report = to.take(file);
        MemoryEntry memory = entry("me", "chatgpt/Tea   coffee/conv-123");
        assertThat(memory.value()).isEqualTo("User: Which tea?\n\nAssistant: Green.");
        assertThat(memory.updatedAt()).isEqualTo(Instant.ofEpochMilli(1_740_000_100_000L));
        assertThat(report.remarks().keySet())
                .contains(
                        "has messages that were replaced later, which are left out",
                        "is a conversation without text, and left out",
                        "tells of the account, and is left out",
                        "is none of the formats (.dat), and left out");
        assertThat(to.faults).hasSize(1).first().asString().startsWith("conversations.json, element 3");
        assertThat(to.take(file).memories()).isEqualTo(Map.of(BatchOutcome.EQUAL, 1L));
    }

    /** The export of Claude: portable-ai-memory.org/providers/anthropic. */
    @Test
    void claude() throws IOException {
        String conversations =
                "[{\"uuid\": \"11112222-3333\", \"name\": \"Trip\", \"created_at\": \"2025-03-01T10:00:00.123456Z\","
                        + " \"updated_at\": \"2025-03-02T10:00:00Z\", \"account\": {\"uuid\": \"a\"}, \"chat_messages\": [{\"uuid\": \"m\","
                        + " \"sender\": \"human\", \"text\": \"Where to?\", \"content\": [{\"type\": \"text\", \"text\": \"Where to?\"}],"
                        + " \"attachments\": [{\"file_name\": \"list.txt\", \"extracted_content\": \"Rome\"}]},"
                        + " {\"sender\": \"assistant\", \"text\": \"\", \"content\": [{\"type\": \"text\", \"text\": \""
                        + "long ".repeat(10_000)
                        + "\"}]}]}]";
        String memories =
                "[{\"conversations_memory\": \"**Work** Engineer\", \"project_memories\": {\"p-1\": \"Uses Java\"},"
                        + " \"account_uuid\": \"a\"}]";
        String projects = "[{\"uuid\": \"p-1\", \"name\": \"House\", \"prompt_template\": \"Be brief\", \"created_at\":"
                + " \"2025-01-01T00:00:00Z\", \"updated_at\": \"2025-01-02T00:00:00Z\", \"docs\": [{\"uuid\": \"d\", \"filename\":"
                + " \"plan.md\", \"content\": \"Paint it\"}]}]";
        Path file = zip(
                "claude.zip",
                Map.of(
                        "conversations.json", conversations.getBytes(StandardCharsets.UTF_8),
                        "memories.json", memories.getBytes(StandardCharsets.UTF_8),
                        "projects.json", projects.getBytes(StandardCharsets.UTF_8),
                        "users.json", "[{\"uuid\": \"a\"}]".getBytes(StandardCharsets.UTF_8)));
        to.take(file);
        assertThat(to.faults).isEmpty();
        assertThat(entry("me", "claude/Trip/11112222").value()).startsWith("User: Where to?\n\n[list.txt]\nRome");
        assertThat(entry("me", "claude/Trip/11112222").metadata()).containsEntry("parts", 3);
        assertThat(entry("me", "claude/Trip/11112222/2").value()).startsWith("Assistant: long long");
        assertThat(entry("me", "claude/memory").value()).isEqualTo("**Work** Engineer");
        assertThat(entry("me", "claude/project memory/p-1").value()).isEqualTo("Uses Java");
        assertThat(entry("me", "claude/project House/instructions").value()).isEqualTo("Be brief");
        assertThat(entry("me", "claude/project House/plan.md").updatedAt())
                .isEqualTo(Instant.parse("2025-01-02T00:00:00Z"));
        assertThat(to.at(Transfer.NOW.plusSeconds(9)).take(file).memories().keySet())
                .containsOnly(BatchOutcome.EQUAL);
    }

    /** Claude Code's own files (docs.anthropic.com/en/docs/claude-code/memory), a note of basic-memory, and an OKF concept. */
    @Test
    void aFolderOfMarkdown() throws IOException {
        Path notes = Files.createDirectories(folder.resolve("notes/deep"));
        Files.createDirectories(folder.resolve("notes/.git"));
        Transfer.write(folder.resolve("notes/.git/x.md"), "hidden");
        Transfer.write(folder.resolve("notes/CLAUDE.md"), "# Project", "", "Use tabs.");
        Transfer.write(
                folder.resolve("notes/user_role.md"),
                "---",
                "name: user role",
                "description: who",
                "metadata:",
                "  type: user",
                "---",
                "",
                "An engineer");
        Transfer.write(
                notes.resolve("Tea Note.md"),
                "---",
                "title: Tea Note",
                "type: note",
                "permalink: drinks/tea-note",
                "tags:",
                "- tea",
                "- green",
                "created: 2025-03-01",
                "modified: 2025-03-02T10:00:00+00:00",
                "---",
                "- [fact] is green #tea");
        Transfer.write(
                notes.resolve("orders.md"),
                "---",
                "type: Table",
                "generated: { by: human:me, at: 2025-04-01T00:00:00Z }",
                "---",
                "# Schema");
        Transfer.write(folder.resolve("notes/broken.md"), "---", "a: [1", "---", "text");
        Transfer.write(folder.resolve("notes/picture.svg"), "<svg/>");
        Files.createSymbolicLink(folder.resolve("notes/link.md"), folder.resolve("memory.db"));
        ImportReport report = to.take(folder.resolve("notes"));
        assertThat(entry("me", "CLAUDE").value()).isEqualTo("# Project\n\nUse tabs.");
        assertThat(entry("me", "user_role").metadata())
                .isEqualTo(Map.of("name", "user role", "description", "who", "metadata", Map.of("type", "user")));
        MemoryEntry note = entry("me", "drinks/tea-note");
        assertThat(note.metadata())
                .containsEntry("tags", List.of("tea", "green"))
                .containsEntry("title", "Tea Note");
        assertThat(note.updatedAt()).isEqualTo(Instant.parse("2025-03-02T10:00:00Z"));
        assertThat(note.createdAt()).isEqualTo(Instant.parse("2025-03-01T00:00:00Z"));
        assertThat(entry("me", "deep/orders").updatedAt()).isEqualTo(Instant.parse("2025-04-01T00:00:00Z"));
        assertThat(entry("me", "broken").value()).startsWith("---\na: [1");
        assertThat(to.faults).containsExactly("link.md is a link or no file, which is not followed");
        assertThat(report.remarks().keySet()).anyMatch(each -> each.contains("hidden folder"));
        assertThat(report.remarks().keySet()).anyMatch(each -> each.contains("(.svg)"));
        assertThat(report.remarks().keySet()).anyMatch(each -> each.contains("not YAML"));
        assertThat(to.take(folder.resolve("notes")).memories()).isEqualTo(Map.of(BatchOutcome.EQUAL, 5L));
    }

    @Test
    void aTableOfASpreadsheet() {
        Path file = Transfer.write(
                folder.resolve("facts"),
                "\uFEFFuser;key;value;tags;updated_at\r",
                "anna;tea;\"green; no\r\n\"\"sugar\"\"\";\"a, b\";2025-03-01\r",
                "\r",
                "anna;short\r",
                "bert;tea;black;;\r");
        to.take(file);
        assertThat(entry("anna", "tea").value()).isEqualTo("green; no\r\n\"sugar\"");
        assertThat(entry("anna", "tea").metadata()).isEqualTo(Map.of("tags", List.of("a", "b")));
        assertThat(entry("bert", "tea").value()).isEqualTo("black");
        assertThat(to.faults).containsExactly("facts, line 5 has 2 cells, and the first row has 5");
    }

    /** What a person has edited in an export is a new write, although its version is there. */
    @Test
    void anEditedExportIsANewWrite() throws IOException {
        to.memory.store("anna", "tea", "green", Map.of());
        for (var format : List.of(Format.CSV, Format.OKF)) {
            Path file = folder.resolve("edited." + format);
            to.export(format, file);
            String value = "from " + format.label();
            if (format == Format.CSV) {
                Files.writeString(file, Files.readString(file).replace("green", value));
            } else {
                String name = "anna/tea.md";
                byte[] content;
                try (var zip = new ZipFile(file.toFile())) {
                    content = zip.getInputStream(zip.getEntry(name)).readAllBytes();
                }
                String edited = new String(content, StandardCharsets.UTF_8).replace("from csv\n", value + "\n");
                file = zip("edited.zip", Map.of(name, edited.getBytes(StandardCharsets.UTF_8)));
            }
            to.at(Instant.now().plusSeconds(60)).take(file);
            assertThat(to.faults).isEmpty();
            assertThat(to.value("anna", "tea")).isEqualTo(value);
        }
    }

    /** What a spreadsheet makes of an export: other forms of numbers and times, semicolons, a mark, empty rows, more columns. */
    @Test
    void anExportThatASpreadsheetHasSavedIsRead() throws IOException {
        Path file = folder.resolve("sheet.csv");
        to.memory.store("anna", "tea", "green", Map.of("n", 1));
        to.memory.store("anna", "milk", "oat", Map.of());
        to.memory.store("bert", "note", "long; \"quoted\"", Map.of());
        to.export(Format.CSV, file);
        String exported = Files.readString(file);
        List<String> rows = exported.lines().toList();
        assertThat(rows.get(1))
                .as("no spreadsheet takes a version for a number")
                .contains(",v1");
        String saved = exported.replace("\r\n", "\n")
                .replaceAll("v(\\d)(\\d{5})\\d+", "$1.$2E+17")
                .replaceAll("(\\d{4})-(\\d\\d)-(\\d\\d)T(\\d\\d:\\d\\d):[^,]*Z", "$3.$2.$1 $4");
        try (Transfer other = Transfer.into(folder.resolve("other.db"))) {
            Path sheet = Transfer.write(folder.resolve("saved.csv"), "\uFEFF" + saved.strip(), ",,,,,,,,,");
            ImportReport report = other.at(Instant.now().plusSeconds(86_400)).take(sheet);
            assertThat(other.faults).isEmpty();
            assertThat(report.memories()).isEqualTo(Map.of(BatchOutcome.NEW, 3L));
            assertThat(report.remarks().keySet())
                    .anyMatch(what -> what.contains("in another form than it was exported"));
            assertThat(other.value("bert", "note")).isEqualTo("long; \"quoted\"");
            assertThat(other.take(sheet).memories()).isEqualTo(Map.of(BatchOutcome.EQUAL, 3L));
        }
        assertThat(to.at(Instant.now().plusSeconds(1))
                        .take(folder.resolve("saved.csv"))
                        .memories())
                .as("what is here is newer, or the same")
                .doesNotContainKey(BatchOutcome.NEW)
                .doesNotContainKey(BatchOutcome.NEWER);
        List<String> wider = rows.stream()
                .map(row -> row + "," + (row.startsWith("user_id") ? "mood" : "calm"))
                .toList();
        to.at(Instant.now().plusSeconds(60))
                .take(Transfer.write(folder.resolve("wider.csv"), wider.toArray(String[]::new)));
        assertThat(to.faults).isEmpty();
        assertThat(entry("anna", "tea").metadata()).isEqualTo(Map.of("n", 1, "mood", "calm"));
    }

    @Test
    void aTextThatASpreadsheetHasCutOffIsNotImported() throws IOException {
        Path file = folder.resolve("sheet.csv");
        to.memory.store("anna", "tea", "x".repeat(40_000), Map.of());
        to.export(Format.CSV, file);
        Files.writeString(file, Files.readString(file).replace("x".repeat(40_000), "x".repeat(32_767)));
        to.at(Instant.now().plusSeconds(60)).take(file);
        assertThat(to.faults).hasSize(1).first().asString().contains("cut off after 32767 characters");
        assertThat(to.value("anna", "tea")).hasSize(40_000);
    }

    /** What somebody changes in the front matter counts like what is changed in the text. */
    @Test
    void editsOfTheFrontMatterCount() throws IOException {
        to.memory.store("anna", "tea", "green", Map.of("tags", List.of("a", "b"), "n", 1));
        Path bundle = folder.resolve("bundle.zip");
        to.export(Format.OKF, bundle);
        String note;
        try (var zip = new ZipFile(bundle.toFile())) {
            note = new String(zip.getInputStream(zip.getEntry("anna/tea.md")).readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(edited(note, 1)).isEqualTo(Map.of(BatchOutcome.EQUAL, 1L));

        edited(note.replaceAll("(?m)^tags: .*$", "tags: [b, c]").replaceAll("(?m)^title: .*$", "title: Green tea"), 2);
        assertThat(entry("anna", "tea").metadata())
                .isEqualTo(Map.of("tags", List.of("b", "c"), "n", 1, "title", "Green tea"));
        assertThat(entry("anna", "tea").value()).isEqualTo("green");

        edited(note.replaceAll("(?m)^tags: .*\n", "").replaceFirst("---\n", "---\nmood: calm\n"), 3);
        assertThat(entry("anna", "tea").metadata()).isEqualTo(Map.of("n", 1, "mood", "calm"));

        edited(note.replace("\\\"n\\\":1", "\\\"n\\\":"), 4);
        assertThat(to.faults).hasSize(1).first().asString().contains("its metadata are not one JSON object");
        edited(note.replaceFirst("title: ", "title: ["), 5);
        assertThat(to.faults).hasSize(1).first().asString().contains("front matter that is not YAML");
        assertThat(entry("anna", "tea").metadata()).isEqualTo(Map.of("n", 1, "mood", "calm"));
    }

    private Map<BatchOutcome, Long> edited(String note, int later) throws IOException {
        Path file = zip("edited.zip", Map.of("anna/tea.md", note.getBytes(StandardCharsets.UTF_8)));
        return to.at(Instant.now().plusSeconds(60L * later)).take(file).memories();
    }
}
