package io.unifiedmemory.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands {@code export} and {@code import}, as somebody moves from the reference server and away again. */
class TransferIT {

    @TempDir
    private Path folder;

    private Home home;

    @BeforeEach
    void home() {
        home = new Home(folder);
    }

    private Launch.Finished run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--db";
        all[arguments.length + 1] = home.database().toString();
        return Launch.jar(all).run();
    }

    /** The file is made by the real server, partly through this program as its upstream. */
    @Test
    void fromTheReferenceServerAndOut() throws IOException {
        try (McpProcess server = Launch.of(
                        Path.of("node"), NodePackages.referenceServer().toString())
                .env("MEMORY_FILE_PATH", home.graph().toString())
                .start()) {
            server.initialize();
            server.call(
                    "create_entities",
                    Map.of(
                            "entities",
                            List.of(
                                    Map.of(
                                            "name",
                                            "Anna",
                                            "entityType",
                                            "person",
                                            "observations",
                                            List.of("Likes tea", "Lives in Bonn")),
                                    Map.of(
                                            "name",
                                            "Acme",
                                            "entityType",
                                            "company",
                                            "observations",
                                            List.of("Makes anvils")))));
            server.call(
                    "create_relations",
                    Map.of("relations", List.of(Map.of("from", "Anna", "to", "Acme", "relationType", "works at"))));
        }
        Path front = Files.createDirectory(folder.resolve("front"));
        Home before = new Home(front);
        String seen;
        try (McpProcess server = before.withReference(30_000)
                .env("UNIFIED_MEMORY_DEFAULT_USER", "me")
                .start()) {
            Files.copy(home.graph(), before.graph());
            server.initialize();
            server.askUntil(
                    "store",
                    Map.of("user_id", "bert", "key", "colour", "value", "blue", "metadata", Map.of("n", 1)),
                    reply -> reply.path("durability").asString().equals("replicated"));
            seen = server.ask("retrieve", Map.of("user_id", "me", "key", "Anna"))
                    .path("entry")
                    .path("value")
                    .asString();
            assertThat(seen).isEqualTo("Likes tea\nLives in Bonn");
        }
        String graph = before.graph().toString();

        Launch.Finished nobody = run("import", graph);
        assertThat(nobody.exitCode()).isEqualTo(1);
        assertThat(nobody.stderr()).contains("--user ID");

        Launch.Finished dry = run("import", "--dry-run", graph, "--default-user", "me");
        assertThat(dry.exitCode()).as(dry.stderr()).isZero();
        assertThat(dry.stdout()).startsWith("would be 3 new");

        Launch.Finished imported = run("import", graph, "--default-user", "me");
        assertThat(imported.exitCode()).as(imported.stderr()).isZero();
        assertThat(imported.stdout()).startsWith("3 new, 0 newer, 0 equal");
        assertThat(run("import", graph, "--default-user", "me").stdout()).startsWith("0 new, 0 newer, 3 equal");

        Launch.Finished found = run("call", "search", "{\"user_id\":\"me\",\"query\":\"who lives in Bonn\"}");
        assertThat(found.stdout()).contains("Anna");
        assertThat(run("call", "retrieve", "{\"user_id\":\"me\",\"key\":\"Anna\"}")
                        .stdout())
                .contains("Likes tea\\nLives in Bonn")
                .contains("works at");
        assertThat(run("call", "retrieve", "{\"user_id\":\"bert\",\"key\":\"colour\"}")
                        .stdout())
                .contains("blue");

        Path archive = folder.resolve("archive.jsonl");
        Launch.Finished exported = run("export", archive.toString());
        assertThat(exported.exitCode()).as(exported.stderr()).isZero();
        assertThat(exported.stdout()).startsWith("3 memories and 0 remembered deletes are in ");
        assertThat(run("export", archive.toString()).stderr()).contains("is there already");
        Launch.Finished piped = run("export", "-");
        assertThat(withoutManifest(piped.stdout()))
                .isEqualTo(withoutManifest(Files.readString(archive).stripTrailing()));
        assertThat(piped.stderr()).contains("3 memories");

        run("call", "store", "{\"user_id\":\"bert\",\"key\":\"colour\",\"value\":\"red\"}");
        Path past = folder.resolve("past.jsonl");
        assertThat(run("export", past.toString()).stdout())
                .contains(", with 1 texts that were replaced or deleted (--no-history leaves them out)");
        assertThat(run("import", past.toString()).stdout())
                .contains("0 revisions came into the history, 1 are known or not wanted here");
        assertThat(run("export", "--no-history", "-").stdout()).contains("red").doesNotContain("blue");

        Path notes = folder.resolve("notes");
        assertThat(run("export", "--format", "okf", "--user", "me", notes.toString())
                        .exitCode())
                .isZero();
        assertThat(Files.readString(notes.resolve("index.md"))).contains("okf_version");
        assertThat(Files.isDirectory(notes.resolve("me"))).isTrue();
        assertThat(notes.resolve("bert")).doesNotExist();
        Path document = folder.resolve("read.md");
        assertThat(run("export", "--format=markdown", document.toString()).exitCode())
                .isZero();
        assertThat(Files.readString(document)).contains("Makes anvils");

        Home other = new Home(Files.createDirectory(folder.resolve("other")));
        Launch.Finished there = Launch.jar(
                        "import", archive.toString(), "--db", other.database().toString())
                .run();
        assertThat(there.exitCode()).as(there.stderr()).isZero();
        Launch.Finished back =
                Launch.jar("export", "-", "--db", other.database().toString()).run();
        assertThat(withoutManifest(back.stdout())).isEqualTo(withoutManifest(piped.stdout()));
    }

    private static String withoutManifest(String archive) {
        return archive.substring(archive.indexOf('\n') + 1);
    }

    @Test
    void whatCannotBeReadIsNamedAndTheExitCodeSaysSo() throws IOException {
        Path file = Files.writeString(folder.resolve("facts.csv"), "key,value\ntea,green\nbroken\n");
        Launch.Finished some = run("import", file.toString(), "--user", "anna");
        assertThat(some.exitCode()).isEqualTo(1);
        assertThat(some.stderr()).contains("not imported: facts.csv, line 3 has 1 cells");
        assertThat(some.stdout()).startsWith("1 new").contains("1 unreadable");

        Launch.Finished letter = run(
                "import",
                Files.writeString(folder.resolve("letter.txt"), "Dear all").toString());
        assertThat(letter.exitCode()).isEqualTo(1);
        assertThat(letter.stderr()).contains("none of the formats");
        assertThat(run("import").exitCode()).isEqualTo(2);
        assertThat(run("import", "a", "--on-conflict", "never").exitCode()).isEqualTo(2);
        assertThat(run("import", "a", "--columns", "wrong").exitCode()).isEqualTo(2);
        assertThat(run("export", "a", "--format", "chatgpt").exitCode()).isEqualTo(2);
        assertThat(run("import", folder.resolve("none").toString()).stderr()).contains("there is no file or folder");
    }

    /** A server on the same file is served while the import runs, and both keep what they were told. */
    @Test
    void aServerGoesOnMeanwhile() throws IOException {
        int facts = 30_000;
        StringBuilder rows = new StringBuilder("key,value,updated_at\n");
        for (int i = 0; i < facts; i++) {
            rows.append("fact ")
                    .append(i)
                    .append(",the value number ")
                    .append(i)
                    .append(i % 100 == 0 ? " with a long text".repeat(400) : "")
                    .append(",2026-01-01\n");
        }
        Path file = Files.writeString(folder.resolve("facts.csv"), rows);
        try (McpProcess server = home.local().start()) {
            server.initialize();
            server.ask("store", Map.of("user_id", "anna", "key", "fact 7", "value", "mine"));
            Process importing = Launch.jar(
                            "import",
                            file.toString(),
                            "--user",
                            "anna",
                            "--db",
                            home.database().toString())
                    .builder()
                    .redirectErrorStream(true)
                    .start();
            int stored = 0;
            int storedMeanwhile = 0;
            while (importing.isAlive()) {
                assertThat(server.ask("store", Map.of("user_id", "bert", "key", "note " + stored, "value", "x"))
                                .path("stored")
                                .asBoolean())
                        .isTrue();
                stored++;
                storedMeanwhile = importing.isAlive() ? stored : storedMeanwhile;
            }
            String said = new String(importing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(said).startsWith("29,999 new, 0 newer, 0 equal, 1 older");
            assertThat(importing.exitValue()).isZero();
            assertThat(storedMeanwhile).isGreaterThan(20);
            JsonNode found = server.ask("search", Map.of("user_id", "anna", "query", "value number 4321"));
            assertThat(found.at("/results/0/key").asString()).isEqualTo("fact 4321");
            assertThat(server.ask("retrieve", Map.of("user_id", "anna", "key", "fact 7"))
                            .at("/entry/value")
                            .asString())
                    .isEqualTo("mine");
            assertThat(server.ask("get_all", Map.of("user_id", "bert", "limit", 1))
                            .path("total")
                            .asInt())
                    .isEqualTo(stored);
        }
    }
}
