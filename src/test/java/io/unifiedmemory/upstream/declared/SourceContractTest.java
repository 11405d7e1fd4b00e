package io.unifiedmemory.upstream.declared;

import static io.unifiedmemory.upstream.declared.FakeTools.json;
import static io.unifiedmemory.upstream.declared.FakeTools.prose;
import static io.unifiedmemory.upstream.declared.FakeTools.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.contract.ToolContract;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Servers that are only searched, by answers as their sources give them. */
class SourceContractTest {

    private final FakeTools server = new FakeTools();

    private List<MemoryEntry> found(String preset, String tool, ToolReply reply) {
        server.with(tool, arguments -> reply);
        return open(preset).search(new SearchRequest("me", Query.of("tea"), 5));
    }

    private ToolContract open(String preset) {
        return DeclaredContracts.open(
                Objects.requireNonNull(ContractOptions.preset(preset)),
                server,
                "me",
                Duration.ofSeconds(1),
                Clock.systemUTC());
    }

    private void assertRefused(String preset, String tool, ToolReply reply) {
        assertThatThrownBy(() -> found(preset, tool, reply)).isInstanceOf(BackendException.class);
    }

    @Test
    void mem0AnswersWithAListOrWithResults() {
        Map<String, Object> hit = Map.of(
                "id",
                "1",
                "memory",
                "likes tea",
                "metadata",
                Map.of("a", 1),
                "created_at",
                "2026-11-26T10:00:00+01:00");

        assertThat(found("mem0", "search_memories", json(List.of(hit))))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.value()).isEqualTo("likes tea");
                    assertThat(entry.key()).isEqualTo("1");
                    assertThat(entry.metadata()).isEqualTo(Map.of("a", 1));
                    assertThat(entry.createdAt()).isEqualTo(Instant.parse("2026-11-26T09:00:00Z"));
                    assertThat(entry.version()).isEqualTo(HlcTimestamp.NONE);
                });
        assertThat(server.calls.get(0)).contains("\"user_id\":\"me\"");
        assertThat(found("mem0", "search_memories", json(Map.of("results", List.of(hit, hit)))))
                .as("the same hit twice is one")
                .hasSize(1);
        assertRefused("mem0", "search_memories", json(Map.of("error", "no key")));
    }

    @Test
    void graphitiCallsItsErrorsSuccesses() {
        assertThat(found(
                        "graphiti",
                        "search_memory_facts",
                        result(Map.of("message", "ok", "facts", List.of(Map.of("uuid", "u", "fact", "drinks tea"))))))
                .extracting(MemoryEntry::value)
                .containsExactly("drinks tea");
        assertRefused("graphiti", "search_memory_facts", result(Map.of("error", "not initialized")));
    }

    @Test
    void supermemoryGivesResultsBesideItsProse() {
        ToolReply reply = new ToolReply(
                false,
                Map.of("query", "tea", "results", List.of(Map.of("id", "1", "text", "green tea", "similarity", 0.9))),
                "## Matching memories\n- [90%] green tea",
                Map.of());

        assertThat(found("supermemory", "search_memory", reply))
                .extracting(MemoryEntry::value)
                .containsExactly("green tea");
        assertRefused("supermemory", "search_memory", FakeTools.error("Error: unauthorized"));
    }

    @Test
    void qdrantGivesOneBlockForEachEntryOrAListOfThem() {
        String entry = "<entry><content>tea </content> & more</content><metadata></metadata></entry>";
        ToolReply blocks = new ToolReply(
                false, Map.of(), "Results\n" + entry, Map.of(), List.of("Results for the query 'tea'", entry), null);

        assertThat(found("qdrant", "qdrant-find", blocks))
                .extracting(MemoryEntry::value)
                .containsExactly("tea </content> & more");
        assertThat(found("qdrant", "qdrant-find", result(List.of("Results for the query 'tea'", entry))))
                .extracting(MemoryEntry::value)
                .containsExactly("tea </content> & more");
        assertThat(found("qdrant", "qdrant-find", prose(""))).isEmpty();
    }

    @Test
    void hindsightAndCogneeSayTheirErrorsInTheirAnswers() {
        assertThat(found("hindsight", "recall", json(Map.of("results", List.of(Map.of("id", "1", "text", "tea"))))))
                .hasSize(1);
        assertRefused("hindsight", "recall", json(Map.of("error", "boom", "results", List.of())));
        assertThat(found("cognee", "recall", prose("She drinks tea.")))
                .extracting(MemoryEntry::value)
                .containsExactly("She drinks tea.");
        assertRefused("cognee", "recall", prose("Error: no data"));
    }

    @Test
    void aServerThatKnowsNoUsersServesTheDefaultUserAlone() {
        server.with("qdrant-find", arguments -> prose(""));
        ToolContract source = open("qdrant");

        assertThat(source.search(new SearchRequest("you", Query.of("tea"), 5))).isEmpty();
        assertThat(server.calls).as("calls for another user").isEmpty();
    }

    @Test
    void nothingIsStoredThereAndNothingDeleted() {
        ToolContract source = open("mem0");
        MemoryEntry entry = new MemoryEntry("me", "k", "v", Map.of(), null, null, new HlcTimestamp(1));

        assertThatThrownBy(() -> source.store(entry)).hasMessageContaining("cannot keep memories");
        assertThatThrownBy(() -> source.delete("me", "k", new HlcTimestamp(2))).hasMessageContaining("cannot delete");
        assertThatThrownBy(() -> source.deleteAll("me", new HlcTimestamp(2))).hasMessageContaining("cannot delete");
        assertThat(server.calls).isEmpty();
    }
}
