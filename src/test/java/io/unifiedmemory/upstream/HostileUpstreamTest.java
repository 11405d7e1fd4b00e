package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Retrieval;
import io.unifiedmemory.unified.sync.Reconciliation;
import io.unifiedmemory.upstream.contract.ToolReply;
import io.unifiedmemory.upstream.peer.FakeUnified;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upstream that lies can do to the memories here: nothing. */
class HostileUpstreamTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final FakeUnified upstream = new FakeUnified();
    private SqliteDatabase database;
    private SqliteStore local;
    private UnifiedMemory memory;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(
                new SqliteOptions(folder.resolve("m.db"), PATIENCE, SqliteOptions.Synchronous.NORMAL));
        local = new SqliteStore(database);
        memory = UnifiedMemory.builder()
                .primary("sqlite", local, BackendOptions.LOCAL)
                .replica(
                        "up",
                        new ContractBackend(ContractType.UNIFIED, upstream),
                        new BackendOptions(true, 2, PATIENCE, 0, 1000))
                .build();
    }

    @AfterEach
    void close() {
        memory.close();
        database.close();
    }

    @Test
    void anAnswerAboutAnotherUserIsNeitherReturnedNorKept() {
        upstream.memory.store(entry("alice", "asked", Instant.now()));
        upstream.dialect = reply -> {
            Map<String, Object> json = new LinkedHashMap<>(reply.json());
            json.computeIfPresent("entry", (name, entry) -> {
                Map<String, Object> forged = new LinkedHashMap<>(ToolReply.object((Map<?, ?>) entry));
                forged.put("user_id", "victim");
                forged.put("key", "pwned");
                return forged;
            });
            return new ToolReply(reply.error(), json, reply.text(), reply.meta());
        };

        Retrieval answer = memory.retrieve("alice", "asked");

        assertThat(answer.lookup()).isEqualTo(Lookup.MISSING);
        assertThat(answer.problems()).containsOnlyKeys("up");
        assertThat(local.users().users(null, 10)).isEmpty();
    }

    @Test
    void aFarFutureIsLeftOutEverywhereAndANewWriteKeepsToTheClock() {
        upstream.memory.store(entry("alice", "future", Instant.now().plus(Duration.ofDays(700))));
        upstream.memory.store(entry("alice", "now", Instant.now()));

        assertThat(memory.retrieve("alice", "future").problems()).containsOnlyKeys("up");
        assertThat(memory.search(new SearchRequest("alice", null, 10), AlreadyShown.NOTHING)
                        .problems())
                .containsOnlyKeys("up");
        assertThat(memory.list(new ListRequest("alice", null, 10)).problems()).containsOnlyKeys("up");
        assertThat(memory.list(new ListRequest("alice", null, 10)).page().entries())
                .extracting(MemoryEntry::key)
                .containsExactly("now");
        Reconciliation compared = memory.reconcile(false, List.of("alice"), (user, count) -> {});
        memory.store("alice", "future", "mine", Map.of());
        memory.deleteAll("alice", null);
        memory.store("alice", "future", "mine again", Map.of());

        assertThat(compared.problems()).isEmpty();
        assertThat(local.retrieve("alice", "future")).isInstanceOfSatisfying(Lookup.Found.class, held -> {
            assertThat(held.entry().value()).isEqualTo("mine again");
            assertThat(held.entry().version().millis()).isLessThan(System.currentTimeMillis() + 60_000);
        });
        assertThat(memory.retrieve("alice", "future").lookup()).isEqualTo(local.retrieve("alice", "future"));
    }

    @Test
    void aComparisonTakesNoMoreThanItMay() {
        AtomicLong number = new AtomicLong(1_000_000);
        upstream.dialect = reply -> reply.json().containsKey("memories") ? invented(number) : reply;

        Reconciliation compared = memory.reconcile(false, List.of("alice"), (user, count) -> {});

        assertThat(compared.problems().get("up")).contains("more than 1000 memories", "upstreams.up.maxMemories");
        assertThat(local.list(new ListRequest("alice", null, 1)).total()).isLessThanOrEqualTo(1000);
    }

    private static ToolReply invented(AtomicLong number) {
        Map<String, Object> memories = new LinkedHashMap<>();
        Map<String, Object> details = new LinkedHashMap<>();
        String key = "";
        for (int i = 0; i < 100; i++) {
            key = "key " + number.incrementAndGet();
            memories.put(key, "v");
            details.put(key, Map.of("version", "1", "metadata", Map.of()));
        }
        return new ToolReply(
                false,
                Map.of("memories", memories, "complete", true, "total", 1, "next_cursor", "behind " + key),
                "",
                Map.of("io.unifiedmemory/entries", details));
    }

    private static MemoryEntry entry(String user, String key, Instant at) {
        return new MemoryEntry(user, key, "v", Map.of(), at, at, HlcTimestamp.atMillis(at.toEpochMilli()));
    }
}
