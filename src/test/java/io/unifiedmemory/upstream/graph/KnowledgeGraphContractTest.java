package io.unifiedmemory.upstream.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnowledgeGraphContractTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String NAME = "alice/colour";

    private final FakeGraph graph = new FakeGraph();
    private final KnowledgeGraphContract contract = new KnowledgeGraphContract(graph, "bob", Duration.ofSeconds(20));

    @Test
    void anEntityHoldsThePlainTextAndOneEnvelope() {
        contract.store(alice("blue", 1));

        assertThat(graph.observations(NAME))
                .containsExactly("blue", Envelope.of(alice("blue", 1), false).text());
    }

    @Test
    void halfACharacterOfAnotherProgramIsReplaced() {
        graph.foreign("Ada\ud83d", "person\udf75", "likes tea \ud83c");

        MemoryEntry ada =
                contract.list(new ListRequest("bob", null, 5)).entries().get(0);

        assertThat(ada.key()).isEqualTo("Ada\ufffd");
        assertThat(ada.value()).isEqualTo("likes tea \ufffd");
        assertThat(ada.metadata()).containsEntry("entity_type", "person\ufffd");
        assertThat(contract.search(new SearchRequest("bob", Query.of("tea"), 5)))
                .containsExactly(ada);
    }

    @Test
    void anUpdateKeepsTheEntityItsRelationsAndWhatOthersAdded() {
        contract.store(alice("blue", 1));
        graph.observations(NAME).add("said so twice");
        graph.relations.add(Map.of("from", NAME, "to", "Sky", "relationType", "colour of"));

        contract.store(alice("red", 2));

        assertThat(graph.observations(NAME))
                .containsExactly(
                        "said so twice",
                        "red",
                        Envelope.of(alice("red", 2), false).text());
        assertThat(graph.relations).hasSize(1);
    }

    @Test
    void whatIsNewIsCreatedInOneCallAndTheRestOneByOne() {
        contract.store(alice("blue", 1));
        MemoryEntry other = new MemoryEntry("alice", "shape", "round", Map.of(), NOON, NOON, HlcTimestamp.atMillis(2));
        MemoryEntry third = new MemoryEntry("alice", "size", "large", Map.of(), NOON, NOON, HlcTimestamp.atMillis(2));
        graph.writes.clear();

        assertThat(contract.storeAll(List.of(other, third)))
                .containsExactly(new Lookup.Found(other), new Lookup.Found(third));
        assertThat(graph.writes).containsExactly("create_entities");
        assertThat(contract.storeAll(List.of(other, alice("red", 2))))
                .containsExactly(new Lookup.Found(other), new Lookup.Found(alice("red", 2)));
        assertThat(graph.observations("alice/shape")).hasSize(2);
    }

    @Test
    void theSameValueAgainIsAnUpdateToo() {
        contract.store(alice("blue", 1));

        contract.store(alice("blue", 2));

        assertThat(held()).isEqualTo(alice("blue", 2));
        assertThat(graph.observations(NAME)).hasSize(2);
    }

    @Test
    void aValueMayBeTheTextOfItsOwnOldEnvelope() {
        contract.store(alice("blue", 1));
        String old = graph.observations(NAME).get(1);

        contract.store(alice(old, 2));
        assertThat(held()).isEqualTo(alice(old, 2));

        contract.store(alice("blue", 3));
        assertThat(held()).isEqualTo(alice("blue", 3));
        assertThat(graph.observations(NAME)).hasSize(2);
    }

    @Test
    void aTextThatOthersHadAddedSurvivesBeingAValue() {
        contract.store(alice("blue", 1));
        graph.observations(NAME).add("red");

        contract.store(alice("red", 2));
        contract.store(alice("red", 3));
        contract.store(alice("green", 4));

        assertThat(graph.observations(NAME)).contains("red", "green").hasSize(3);
        assertThat(held()).isEqualTo(alice("green", 4));
    }

    @Test
    void theTimeOfCreationStays() {
        contract.store(alice("blue", 1));
        MemoryEntry later = new MemoryEntry(
                "alice", "colour", "red", Map.of(), NOON.plusSeconds(9), NOON.plusSeconds(9), new HlcTimestamp(2));

        assertThat(contract.store(later)).isEqualTo(new Lookup.Found(later.withCreatedAt(NOON)));
        assertThat(held()).isEqualTo(later.withCreatedAt(NOON));
    }

    @Test
    void aNewerMemoryIsNeverOverwritten() {
        contract.store(alice("new", 2));

        assertThat(contract.store(alice("old", 1))).isEqualTo(new Lookup.Found(alice("new", 2)));
        assertThat(held()).isEqualTo(alice("new", 2));
    }

    @Test
    void aWriteThatIsAcknowledgedAndLostIsMadeAgain() {
        graph.losing = 2;
        assertThat(contract.store(alice("blue", 1))).isEqualTo(new Lookup.Found(alice("blue", 1)));
        assertThat(held()).isEqualTo(alice("blue", 1));

        graph.losing = 1;
        assertThat(contract.delete("alice", "colour", new HlcTimestamp(5)))
                .isEqualTo(new Removal(1, HlcTimestamp.NONE));
        assertThat(graph.nodes).isEmpty();
    }

    @Test
    void aWriteThatIsAlwaysLostIsNotAcknowledged() {
        graph.losing = 1000;

        assertFails(Kind.OVERLOADED, "not there afterwards", () -> contract.store(alice("blue", 1)));
    }

    @Test
    void anEntityThatVanishesInBetweenIsCreatedAnew() {
        contract.store(alice("blue", 1));
        graph.meanwhile = graph.nodes::clear;

        contract.store(alice("red", 2));

        assertThat(held()).isEqualTo(alice("red", 2));
    }

    @Test
    void aNewerWriteByAnotherProcessInBetweenIsReported() {
        graph.meanwhile =
                () -> new KnowledgeGraphContract(graph, null, Duration.ofSeconds(20)).store(alice("newer", 9));

        assertThat(contract.store(alice("blue", 1))).isEqualTo(new Lookup.Found(alice("newer", 9)));
    }

    @Test
    void afterACrashInTheMiddleOfAnUpdateTheNewerIsReadAndTheRestTidiedLater() {
        contract.store(alice("blue", 1));
        graph.observations(NAME)
                .addAll(List.of("red", Envelope.of(alice("red", 2), false).text()));

        assertThat(held()).isEqualTo(alice("red", 2));
        contract.store(alice("green", 3));
        assertThat(graph.observations(NAME)).hasSize(2);
    }

    @Test
    void theSameWriteAgainFinishesAnUpdateThatACrashCutOff() {
        contract.store(alice("blue", 1));
        graph.observations(NAME)
                .addAll(List.of("red", Envelope.of(alice("red", 2), false).text()));

        contract.store(alice("red", 2));

        assertThat(graph.observations(NAME)).hasSize(2).doesNotContain("blue");
        assertThat(held()).isEqualTo(alice("red", 2));
    }

    @Test
    void deletingLeavesWhatOthersAdded() {
        contract.store(alice("blue", 1));
        graph.observations(NAME).add("said so twice");

        assertThat(contract.delete("alice", "colour", new HlcTimestamp(2)))
                .isEqualTo(new Removal(1, HlcTimestamp.NONE));

        assertThat(graph.observations(NAME)).containsExactly("said so twice");
        assertThat(contract.retrieve("alice", "colour")).isEqualTo(Lookup.MISSING);
        assertThat(contract.list(new ListRequest("bob", null, 10)).entries()).isEmpty();
    }

    @Test
    void whatIsNewerSurvivesADelete() {
        contract.store(alice("blue", 5));
        contract.store(entry("alice", "other", "x", 1));

        assertThat(contract.delete("alice", "colour", new HlcTimestamp(4)))
                .isEqualTo(new Removal(0, new HlcTimestamp(5)));
        assertThat(contract.deleteAll("alice", new HlcTimestamp(4))).isEqualTo(new Removal(1, new HlcTimestamp(5)));
        assertThat(held()).isEqualTo(alice("blue", 5));
    }

    @Test
    void nobodyElsesEntitiesAreDeletedWithAUser() {
        contract.store(alice("blue", 1));
        contract.store(entry("alice/x", "k", "other user", 1));
        graph.foreign("alice/private", "note", "by another program");

        assertThat(contract.deleteAll("alice", new HlcTimestamp(9))).isEqualTo(new Removal(1, HlcTimestamp.NONE));

        assertThat(graph.nodes).containsOnlyKeys("alice%2Fx/k", "alice/private");
    }

    @Test
    void foreignEntitiesBelongToTheDefaultUserReadOnly() {
        graph.foreign("Ada", "person", "wrote programs", "likes tea");
        graph.relations.add(Map.of("from", "Ada", "to", "Charles", "relationType", "knows"));
        MemoryEntry ada = new MemoryEntry(
                "bob",
                "Ada",
                "wrote programs\nlikes tea",
                Map.of(
                        "entity_type",
                        "person",
                        "relations",
                        List.of(Map.of("from", "Ada", "to", "Charles", "relationType", "knows"))),
                null,
                null,
                HlcTimestamp.NONE);

        assertThat(contract.retrieve("bob", "Ada")).isEqualTo(new Lookup.Found(ada));
        assertThat(contract.search(new SearchRequest("bob", Query.of("TEA"), 5)))
                .containsExactly(ada);
        assertThat(contract.search(new SearchRequest("bob", Query.of("person"), 5)))
                .containsExactly(ada);
        assertThat(contract.search(new SearchRequest("bob", null, 5))).containsExactly(ada);
        assertThat(contract.list(new ListRequest("bob", null, 5)).entries()).containsExactly(ada);

        assertThat(contract.delete("bob", "Ada", new HlcTimestamp(9)))
                .isEqualTo(new Removal(0, HlcTimestamp.NONE, true));
        assertThat(contract.delete("bob", "Charles", new HlcTimestamp(9))).isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertThat(contract.deleteAll("bob", new HlcTimestamp(9))).isEqualTo(new Removal(0, HlcTimestamp.NONE, true));
        assertThat(contract.delete("alice", "Ada", new HlcTimestamp(9))).isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertThat(contract.expire("bob", NOON.plusSeconds(9), new HlcTimestamp(9)))
                .isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertThat(graph.writes).isEmpty();
    }

    @Test
    void foreignEntitiesAreNobodyElses() {
        graph.foreign("Ada", "person", "likes tea");

        assertThat(contract.retrieve("alice", "Ada")).isEqualTo(Lookup.MISSING);
        assertThat(contract.search(new SearchRequest("alice", Query.of("tea"), 5)))
                .isEmpty();
        assertThat(new KnowledgeGraphContract(graph, null, Duration.ofSeconds(1))
                        .list(new ListRequest("bob", null, 5))
                        .total())
                .isZero();
    }

    @Test
    void aMemoryOfOursHidesAForeignEntityOfItsKey() {
        graph.foreign("Ada", "person", "likes tea");
        MemoryEntry ours = entry("bob", "Ada", "likes coffee", 1);

        contract.store(ours);

        assertThat(graph.observations("Ada")).containsExactly("likes tea");
        assertThat(contract.retrieve("bob", "Ada")).isEqualTo(new Lookup.Found(ours));
        assertThat(contract.search(new SearchRequest("bob", Query.of("tea"), 5)))
                .isEmpty();
        assertThat(contract.list(new ListRequest("bob", null, 5)).entries()).containsExactly(ours);
    }

    @Test
    void anotherProgramsEntityOfOurNameIsJoinedAndLeftAsItWas() {
        graph.foreign(NAME, "preference", "by hand");

        contract.store(alice("blue", 1));
        assertThat(held()).isEqualTo(alice("blue", 1));
        contract.delete("alice", "colour", new HlcTimestamp(2));

        assertThat(graph.observations(NAME)).containsExactly("by hand");
    }

    @Test
    void aSearchNeitherMatchesEnvelopesNorNamesOfUsers() {
        contract.store(alice("blue", 1));

        for (String query : List.of("metadata", "sha256", "2026", "alice", "unified")) {
            assertThat(contract.search(new SearchRequest("alice", Query.of(query), 5)))
                    .as(query)
                    .isEmpty();
        }
        assertThat(contract.search(new SearchRequest("alice", Query.of("OLOU"), 5)))
                .containsExactly(alice("blue", 1));
        assertThat(contract.search(new SearchRequest("bob", Query.of("blue"), 5)))
                .isEmpty();
    }

    @Test
    void aSearchFoldsEveryGreekSigma() {
        MemoryEntry odos = entry("alice", "ΟΔΟΣ", "street", 1);
        contract.store(odos);
        contract.store(entry("alice", "other", "ΟΔΟΣΗΜΑ", 2));

        assertThat(contract.search(new SearchRequest("alice", Query.of("οδοσ"), 5)))
                .hasSize(2)
                .startsWith(odos);
        assertThat(contract.search(new SearchRequest("alice", Query.of("ΟΔΟΣ"), 5)))
                .hasSize(2);
    }

    @Test
    void keysComeFirstInASearchAndThenTheNewest() {
        contract.store(entry("alice", "first", "tea at four", 1));
        contract.store(entry("alice", "second", "tea at five", 2));
        contract.store(entry("alice", "green tea", "x", 1));
        contract.store(entry("alice", "tea", "x", 1));

        assertThat(contract.search(new SearchRequest("alice", Query.of("tea"), 3)))
                .extracting(MemoryEntry::key)
                .containsExactly("tea", "green tea", "second");
    }

    /** What a person asks, not a part of what is written. */
    @ParameterizedTest
    @CsvSource({
        "where does Anna work?, Anna_Schmidt",
        "Anna Schmidt, Anna_Schmidt",
        "deadline of Phoenix, Project Phoenix",
        "who leads Project Phoenix?, Project Phoenix",
        "engineers, Anna_Schmidt",
        "kotlins, Project Phoenix",
        "berln, Acme",
        "postgre, Project Phoenix",
        "Wer wohnt in Muenchen?, JuergenMueller",
        "münchen, JuergenMueller",
        "juergen, JuergenMueller",
        "who works at Acme, Anna_Schmidt",
        "organizations, Acme",
    })
    void whatOtherProgramsWroteIsFoundByItsWords(String question, String name) {
        graph.foreign("Acme", "organization", "Founded 1999", "Located in Berlin");
        graph.foreign("Anna_Schmidt", "person", "Works at Acme as a backend engineer");
        graph.foreign("Project Phoenix", "project", "Deadline is 31 March 2027", "Written in Kotlin with PostgreSQL");
        graph.foreign("JuergenMueller", "Person", "Wohnt in München");
        graph.relations.add(Map.of("from", "Anna_Schmidt", "to", "Project Phoenix", "relationType", "leads"));
        graph.relations.add(Map.of("from", "Anna_Schmidt", "to", "Acme", "relationType", "works_at"));

        assertThat(contract.search(new SearchRequest("bob", Query.of(question), 5)))
                .extracting(MemoryEntry::key)
                .startsWith(name);
    }

    @Test
    void whatWasWrittenSinceTheLastSearchIsFoundByTheNext() {
        graph.foreign("Ada", "person", "likes tea");
        assertThat(contract.search(new SearchRequest("bob", Query.of("teas"), 5)))
                .hasSize(1);

        graph.observations("Ada").add("drinks coffee now");
        graph.foreign("Charles", "person", "likes coffee");
        graph.relations.add(Map.of("from", "Charles", "to", "Ada", "relationType", "admires"));

        assertThat(contract.search(new SearchRequest("bob", Query.of("coffees"), 5)))
                .hasSize(2);
        assertThat(contract.search(new SearchRequest("bob", Query.of("who admires somebody"), 5)))
                .hasSize(2);
        assertThat(contract.search(new SearchRequest("alice", Query.of("coffees"), 5)))
                .isEmpty();
    }

    @Test
    void whatAUserAsksToForgetGoesWhoeverWroteIt() {
        graph.foreign("Ada", "person", "likes tea");
        graph.foreign("Charles", "person", "likes engines");
        graph.relations.add(Map.of("from", "Charles", "to", "Ada", "relationType", "knows"));
        contract.store(entry("bob", "Ada", "likes coffee", 1));

        assertThat(contract.forget("bob", "Ada", new HlcTimestamp(9))).isEqualTo(new Removal(1, HlcTimestamp.NONE));

        assertThat(graph.nodes).containsOnlyKeys("Charles");
        assertThat(graph.relations).isEmpty();
        assertThat(contract.forget("bob", "Ada", new HlcTimestamp(9))).isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertThat(contract.retrieve("bob", "Ada")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void whatAUserForgetsAltogetherSparesOtherUsersAndWhatIsNewer() {
        graph.foreign("Ada", "person", "likes tea");
        contract.store(alice("blue", 1));
        contract.store(entry("bob", "old", "x", 1));
        contract.store(entry("bob", "new", "y", 9));

        assertThat(contract.forgetAll("bob", new HlcTimestamp(5))).isEqualTo(new Removal(2, new HlcTimestamp(9)));

        assertThat(graph.nodes).containsOnlyKeys(NAME, "bob/new");
    }

    @Test
    void onlyTheUserWhoSeesForeignEntitiesForgetsThem() {
        graph.foreign("Ada", "person", "likes tea");
        graph.foreign("alice/colour", "note", "by hand");

        contract.forget("alice", "Ada", new HlcTimestamp(9));
        contract.forget("alice", "colour", new HlcTimestamp(9));
        contract.forgetAll("alice", new HlcTimestamp(9));
        new KnowledgeGraphContract(graph, null, Duration.ofSeconds(20)).forgetAll("bob", new HlcTimestamp(9));

        assertThat(graph.writes).isEmpty();
    }

    @Test
    void aForgottenEntityThatTheServerLosesTheDeleteOfIsDeletedAgain() {
        graph.foreign("Ada", "person", "likes tea");
        graph.losing = 2;

        assertThat(contract.forget("bob", "Ada", new HlcTimestamp(9))).isEqualTo(new Removal(1, HlcTimestamp.NONE));
        assertThat(graph.nodes).isEmpty();

        graph.foreign("Ada", "person", "likes tea");
        graph.losing = 1000;
        assertFails(Kind.OVERLOADED, "not there afterwards", () -> contract.forget("bob", "Ada", new HlcTimestamp(9)));
    }

    @Test
    void whatIsWrittenWhileEverythingIsForgottenIsANewFact() {
        graph.foreign("Ada", "person", "likes tea");
        graph.losing = 1;
        graph.meanwhile = () -> {
            graph.foreign("Charles", "person", "likes engines");
            graph.foreign("Ada", "person", "likes coffee");
        };

        assertThat(contract.forgetAll("bob", new HlcTimestamp(9))).isEqualTo(new Removal(1, HlcTimestamp.NONE));

        assertThat(graph.nodes).containsOnlyKeys("Ada", "Charles");
    }

    @Test
    void pagesFollowOneAnotherWithoutGapOrRepetition() {
        List<String> keys = List.of("A", "a", "b/c", "\uffff", "𝄞");
        keys.forEach(key -> contract.store(entry("alice", key, "v", 1)));

        Page first = contract.list(new ListRequest("alice", null, 2));
        Page second = contract.list(new ListRequest("alice", "a", 3));

        assertThat(first.entries()).extracting(MemoryEntry::key).containsExactly("A", "a");
        assertThat(first.more()).isTrue();
        assertThat(first.total()).isEqualTo(5);
        assertThat(second.entries()).extracting(MemoryEntry::key).containsExactly("b/c", "\uffff", "𝄞");
        assertThat(second.more()).isFalse();
    }

    @Test
    void readsServersThatAnswerInTextOnly() {
        contract.store(alice("blue", 1));
        graph.dialect = reply -> ToolReply.of(
                new CallToolResult(List.of(TextContent.builder(reply.text()).build()), null, null, null));

        assertThat(held()).isEqualTo(alice("blue", 1));
    }

    @Test
    void failuresAreSeenHoweverTheyAreToldAndNothingElseIsOne() {
        assertFails(Kind.BROKEN, "boom", () -> reading(reply -> text(true, "boom")));
        assertFails(Kind.BROKEN, "boom", () -> reading(reply -> text(false, "Error: boom")));
        assertFails(Kind.BROKEN, "boom", () -> reading(reply -> json(Map.of("error", "boom"))));
        assertFails(Kind.BROKEN, "", () -> reading(reply -> json(Map.of("entities", List.of()))));
        assertFails(
                Kind.BROKEN, "", () -> reading(reply -> json(Map.of("entities", List.of(1), "relations", List.of()))));
        assertFails(
                Kind.BROKEN,
                "damaged",
                () -> reading(reply -> text(true, "Unexpected token 'g', \"garbage\" is not valid JSON")));
        assertFails(
                Kind.UNAVAILABLE,
                "MEMORY_FILE_PATH",
                () -> reading(reply -> text(true, "ENOSPC: no space left on device, write")));
        assertFails(
                Kind.REJECTED,
                "too long",
                () -> reading(reply -> text(true, "MCP error -32602: Input validation error: too long")));
        graph.dialect = reply -> reply.text().equals("done") ? text(false, "MCP error -32000: no") : reply;
        assertFails(Kind.BROKEN, "-32000", () -> contract.store(alice("blue", 1)));
        graph.dialect = reply -> reply;

        MemoryEntry notAnError = alice("Error: x\n{\"error\": 1}", 3);
        contract.store(notAnError);
        assertThat(held()).isEqualTo(notAnError);
    }

    private MemoryEntry held() {
        return ((Lookup.Found) contract.retrieve("alice", "colour")).entry();
    }

    private void reading(UnaryOperator<ToolReply> dialect) {
        graph.dialect = dialect;
        contract.retrieve("alice", "colour");
    }

    private static ToolReply text(boolean error, String text) {
        return new ToolReply(error, Map.of(), text, Map.of());
    }

    private static ToolReply json(Map<String, Object> json) {
        return new ToolReply(false, json, "", Map.of());
    }

    private static void assertFails(Kind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackendException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.describe()).contains(message);
        });
    }

    private static MemoryEntry alice(String value, long version) {
        return entry("alice", "colour", value, version);
    }

    private static MemoryEntry entry(String userId, String key, String value, long version) {
        return new MemoryEntry(userId, key, value, Map.of("mood", "calm"), NOON, NOON, new HlcTimestamp(version));
    }
}
