package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.util.Daemon;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real reference server, struck by what strikes processes. */
@Timeout(60)
class KnowledgeGraphFaultsIT {

    @TempDir
    Path folder;

    private final List<UpstreamBackend> backends = new ArrayList<>();
    private Path file = Path.of("memory.jsonl");
    private UpstreamBackend backend = new UpstreamBackend(
            new UpstreamOptions(
                    "none",
                    new ServerAddress.Stdio("none", List.of(), Map.of()),
                    UpstreamOptions.AUTO,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    null),
            () -> null);

    @BeforeEach
    void open() {
        file = folder.resolve("memory.jsonl");
        backend = another("bob");
    }

    @AfterEach
    void close() {
        backends.forEach(UpstreamBackend::close);
        assertThat(children()).as("processes left").isEmpty();
    }

    @Test
    void behindNpxTheServerItselfIsEndedToo() throws Exception {
        ServerAddress.Stdio npx = new ServerAddress.Stdio(
                "npx",
                List.of("--no-install", "--prefix", NodeServers.file("."), "mcp-server-memory"),
                Map.of("MEMORY_FILE_PATH", file.toString()));
        UpstreamBackend behindNpx = NodeServers.backend(npx, null);
        backends.add(behindNpx);
        assertThat(behindNpx.check().up()).isTrue();
        List<ProcessHandle> tree = ProcessHandle.current().descendants().toList();
        assertThat(tree).hasSizeGreaterThan(1);

        kill("-9"); // npx alone, which cannot tell its child
        for (ProcessHandle process : tree) {
            process.onExit().get(20, TimeUnit.SECONDS);
        }

        assertThat(behindNpx.check().up()).isTrue();
    }

    @Test
    void aKilledServerIsNoticedAndStartedAnew() {
        MemoryEntry entry = store("key", "value");

        kill("-9");

        assertThat(eventually("key")).isEqualTo(new Lookup.Found(entry));
        assertThat(children()).hasSize(1);
    }

    @Test
    void aServerThatIsKilledInTheMiddleOfACallFailsItAtOnce() throws Exception {
        store("key", "value");
        kill("-STOP");
        CompletableFuture<Kind> failure = Async.supply(() -> failureOf(() -> backend.retrieve("u", "key")));

        kill("-9");

        assertThat(failure.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void aHungServerHoldsNobodyWhoIsInterruptedAndGoesOnWhenItWakes() throws Exception {
        MemoryEntry entry = store("key", "value");
        kill("-STOP");
        for (String operation : List.of("read", "write", "write", "list")) {
            CompletableFuture<Boolean> statusKept = new CompletableFuture<>();
            Thread caller = Daemon.start("caller", () -> {
                Kind kind = failureOf(() -> use(operation));
                statusKept.complete(
                        kind == Kind.TIMED_OUT && Thread.currentThread().isInterrupted());
            });
            caller.interrupt();
            assertThat(statusKept.get(20, TimeUnit.SECONDS)).as(operation).isTrue();
        }

        kill("-CONT");

        assertThat(backend.retrieve("u", "key")).isEqualTo(new Lookup.Found(entry));
        store("other", "value");
    }

    private void use(String operation) {
        switch (operation) {
            case "read" -> backend.retrieve("u", "key");
            case "write" -> backend.store(entry("third", "value"));
            case "list" -> backend.list(new ListRequest("u", null, 10));
            default -> throw new AssertionError(operation);
        }
    }

    @Test
    void theFileHoldsPlainTextForOthers() throws IOException {
        store("favourite tea", "Earl Grey\nwith milk");

        Map<String, Object> line = Json.parseObject(Files.readString(file));

        assertThat(line).containsEntry("name", "u/favourite tea").containsEntry("entityType", "unified_memory");
        assertThat(line.get("observations"))
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .hasSize(2)
                .contains("Earl Grey\nwith milk");
    }

    @Test
    void whatOtherToolsWroteIsFoundAndNeverChanged() throws IOException {
        String ada =
                "{\"type\":\"entity\",\"name\":\"Ada\",\"entityType\":\"person\",\"observations\":[\"likes tea\",\"wrote programs\"]}";
        String knows = "{\"type\":\"relation\",\"from\":\"Ada\",\"to\":\"Bob\",\"relationType\":\"knows\"}";
        Files.writeString(file, ada + "\n" + knows);

        List<MemoryEntry> found =
                backend.search(new SearchRequest("bob", Query.of("TEA"), 5)).entries();
        assertThat(found).singleElement().satisfies(entry -> {
            assertThat(entry.value()).isEqualTo("likes tea\nwrote programs");
            assertThat(entry.metadata()).containsEntry("entity_type", "person").containsKey("relations");
            assertThat(entry.version()).isEqualTo(HlcTimestamp.NONE);
        });
        assertThat(backend.retrieve("bob", "Ada")).isEqualTo(new Lookup.Found(found.get(0)));
        assertThat(backend.list(new ListRequest("bob", null, 5)).entries()).isEqualTo(found);
        assertThat(backend.list(new ListRequest("u", null, 5)).entries()).isEmpty();

        store("key", "value");
        backend.deleteAll("bob", HlcTimestamp.atMillis(System.currentTimeMillis()));
        backend.deleteAll("u", HlcTimestamp.atMillis(System.currentTimeMillis() + 1000));

        assertThat(Files.readAllLines(file)).containsExactly(ada, knows);
    }

    @Test
    void confirmingByReadingKeepsNearlyAllWritesOfTwoProcessesOnOneFile() throws Exception {
        UpstreamBackend second = another(null);
        List<CompletableFuture<List<MemoryEntry>>> writers = IntStream.range(0, 2)
                .mapToObj(number -> Async.supply(() -> writeSome(number == 0 ? backend : second, number)))
                .toList();

        List<MemoryEntry> acknowledged = new ArrayList<>();
        for (CompletableFuture<List<MemoryEntry>> writer : writers) {
            acknowledged.addAll(writer.get(50, TimeUnit.SECONDS));
        }

        assertThat(acknowledged).isNotEmpty();
        assertThat(Files.readAllLines(file)).hasSizeGreaterThan(acknowledged.size() * 2 / 3);
    }

    private static List<MemoryEntry> writeSome(UpstreamBackend backend, int writer) {
        List<MemoryEntry> acknowledged = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            try {
                MemoryEntry entry = entry("key " + writer + " " + i, "value");
                backend.store(entry);
                acknowledged.add(entry);
            } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(Kind.OVERLOADED);
            }
        }
        return acknowledged;
    }

    @Test
    void aDamagedFileIsSeenByTheCheckAndSurvives() throws IOException {
        Files.writeString(file, "not JSON");

        BackendStatus status = backend.check();

        assertThat(status.up()).isFalse();
        assertThat(status.detail()).contains("memory file is damaged");
        assertThat(failureOf(() -> backend.store(entry("key", "value")))).isEqualTo(Kind.BROKEN);
        assertThat(file).hasContent("not JSON");
    }

    @Test
    void aServerOfAnotherKindIsNamedWithItsTools() {
        UpstreamBackend wrong =
                NodeServers.backend(NodeServers.referenceServer(file), "unified", UpstreamOptions.DEFAULT_CALL_TIMEOUT);
        backends.add(wrong);

        BackendException failure = catchThrowableOfType(BackendException.class, () -> wrong.retrieve("u", "k"));

        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure).hasMessageContaining("create_entities").hasMessageContaining("for unified it lacks");
    }

    @Test
    void aMissingProgramIsToldOnceAndNotTriedAllTheTime() {
        UpstreamBackend missing =
                NodeServers.backend(new ServerAddress.Stdio("no-such-npx", List.of(), Map.of()), null);
        backends.add(missing);

        assertThatThrownBy(() -> missing.retrieve("u", "k")).hasMessageContaining("no program no-such-npx on the PATH");
        assertThatThrownBy(() -> missing.retrieve("u", "k")).hasMessageContaining("next try in");
        assertThat(missing.check().detail()).contains("no-such-npx").doesNotContain("next try");
    }

    @Test
    void closedMeansUnavailable() {
        store("key", "value");

        backend.close();
        backend.close();

        assertThat(failureOf(() -> backend.retrieve("u", "key"))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(backend.check().up()).isFalse();
    }

    private UpstreamBackend another(@Nullable String defaultUser) {
        UpstreamBackend opened = NodeServers.backend(NodeServers.referenceServer(file), defaultUser);
        backends.add(opened);
        return opened;
    }

    private MemoryEntry store(String key, String value) {
        MemoryEntry entry = entry(key, value);
        assertThat(backend.store(entry)).isEqualTo(new Lookup.Found(entry));
        return entry;
    }

    private static MemoryEntry entry(String key, String value) {
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        return new MemoryEntry("u", key, value, Map.of("a", 1), now, now, HlcTimestamp.atMillis(now.toEpochMilli()));
    }

    /** The first call after a death may be the one that notices it. */
    private Lookup eventually(String key) {
        try {
            return backend.retrieve("u", key);
        } catch (BackendException e) {
            assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
            return backend.retrieve("u", key);
        }
    }

    private static Kind failureOf(Runnable call) {
        try {
            call.run();
            throw new AssertionError("did not fail");
        } catch (BackendException e) {
            return e.kind();
        }
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    private static void kill(String signal) {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        children().forEach(child -> command.add(Long.toString(child.pid())));
        try {
            assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
