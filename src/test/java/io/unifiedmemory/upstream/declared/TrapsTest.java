package io.unifiedmemory.upstream.declared;

import static io.unifiedmemory.upstream.declared.FakeTools.error;
import static io.unifiedmemory.upstream.declared.FakeTools.prose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.contract.ToolContract;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What real servers do to what they are given, and what becomes of it: each test is a trap that one of them sets. */
class TrapsTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    private final FakeNotes server = new FakeNotes();
    private final ToolContract mirror = open();

    private ToolContract open(String... fields) {
        return DeclaredContracts.open(
                FakeNotes.contract(fields), server, "me", Duration.ofSeconds(30), Clock.systemUTC());
    }

    private static MemoryEntry memory(String key, String value, long version) {
        return new MemoryEntry("me", key, value, Map.of(), NOW, NOW, new HlcTimestamp(version));
    }

    private static String name(String key) {
        return new Address("me", key).hash();
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BackendException.class,
                        failure -> assertThat(failure.kind())
                                .as(failure.describe())
                                .isEqualTo(kind));
    }

    @Test
    void anErrorInProseIsNoStore() {
        server.put = write -> prose("Error: disk full");

        assertKind(Kind.BROKEN, () -> mirror.store(memory("k", "v", 1)));
        assertThat(mirror.retrieve("me", "k")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void anErrorAsJsonInASuccessIsNoStore() {
        server.put = write -> FakeTools.json(Map.of("error", "boom"));

        assertKind(Kind.BROKEN, () -> mirror.store(memory("k", "v", 1)));
    }

    @Test
    void whatWasAcknowledgedAndNotDoneIsNoStore() {
        server.put = write -> prose("saved");

        assertKind(Kind.OVERLOADED, () -> mirror.store(memory("k", "v", 1)));
        assertThat(server.callsOf("put")).isEqualTo(5);
    }

    @Test
    void aSecondWriteThatChangesNothingIsNoStore() {
        mirror.store(memory("k", "old", 1));
        server.put = write -> prose("saved");

        assertKind(Kind.OVERLOADED, () -> mirror.store(memory("k", "new", 2)));
        assertThat(((Lookup.Found) mirror.retrieve("me", "k")).entry().value()).isEqualTo("old");
    }

    @Test
    void whatWasDoneAndReportedAsFailedIsAStore() {
        server.put = write -> {
            write.run();
            return error("no such table: memories_vec");
        };

        assertThat(mirror.store(memory("k", "v", 1))).isEqualTo(new Lookup.Found(memory("k", "v", 1)));
        assertThat(server.callsOf("put")).isEqualTo(1);
    }

    @Test
    void aDeleteThatWasDoneAndReportedAsFailedIsADelete() {
        mirror.store(memory("k", "v", 1));
        server.drop = delete -> {
            delete.run();
            return error("no such table: memories_vec");
        };

        assertThat(mirror.delete("me", "k", new HlcTimestamp(2))).isEqualTo(new Removal(1, HlcTimestamp.NONE));
    }

    @Test
    void aDeleteThatWasAcknowledgedAndNotDoneIsNone() {
        mirror.store(memory("k", "v", 1));
        server.drop = delete -> prose("dropped");

        assertKind(Kind.OVERLOADED, () -> mirror.delete("me", "k", new HlcTimestamp(2)));
    }

    @Test
    void aDeleteThatBringsBackAPredecessorIsRepeated() {
        mirror.store(memory("k", "v", 2));
        String older = Envelope.text(memory("k", "older", 1));
        AtomicInteger deletes = new AtomicInteger();
        server.drop = delete -> {
            delete.run();
            if (deletes.incrementAndGet() == 1) {
                server.notes.put(name("k"), older);
            }
            return prose("dropped");
        };

        assertThat(mirror.delete("me", "k", new HlcTimestamp(3)).count()).isEqualTo(1);
        assertThat(server.notes).isEmpty();
    }

    @Test
    void whatIsReadableOnlyLaterIsAwaited() {
        List<Runnable> writes = new ArrayList<>();
        server.put = write -> {
            writes.add(write);
            return prose("saved");
        };
        AtomicInteger reads = new AtomicInteger();
        server.get = name -> {
            if (reads.incrementAndGet() == 4) {
                writes.get(0).run();
            }
            return server.notes.containsKey(name) ? server.found(List.of(name), false) : prose("no such note");
        };

        assertThat(open("\"settleMs\": 60000").store(memory("k", "v", 1))).isInstanceOf(Lookup.Found.class);
        assertThat(server.callsOf("put"))
                .as("writes: a second one would be a duplicate")
                .isEqualTo(1);
    }

    @Test
    void whatIsNotReadableInTimeIsTriedAgainLaterAndNotAtOnce() {
        server.put = write -> prose("saved");

        assertKind(Kind.OVERLOADED, () -> open("\"settleMs\": 1").store(memory("k", "v", 1)));
        assertThat(server.callsOf("put")).isEqualTo(1);
    }

    @Test
    void aServerThatIsBusyIsTriedAgain() {
        server.put = write -> error("SQLITE is busy");

        assertThatThrownBy(() -> mirror.store(memory("k", "v", 1)))
                .isInstanceOfSatisfying(BackendException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.OVERLOADED);
                    assertThat(failure.hint()).isEqualTo("it is busy");
                });
        server.put = write -> error("text too long");
        assertKind(Kind.REJECTED, () -> mirror.store(memory("k", "v", 1)));
    }

    @Test
    void aTextThatIsCutIsNobodysMemoryAndTheStoreIsRefused() {
        server.keeps = text -> text.substring(0, 5) + text.substring(10);

        assertKind(Kind.REJECTED, () -> mirror.store(memory("k", "a text of some length", 1)));
        assertThat(mirror.retrieve("me", "k")).isEqualTo(Lookup.MISSING);
        assertThat(mirror.list(new ListRequest("me", null, 10)).entries()).isEmpty();
        assertThat(mirror.search(new SearchRequest("me", Query.of("text"), 10))).isEmpty();
    }

    @Test
    void aDamagedCopyIsReplacedByTheNextStore() {
        mirror.store(memory("k", "a text of some length", 1));
        server.notes.replaceAll((name, text) -> text.replace("some", "no"));
        assertThat(mirror.retrieve("me", "k")).isEqualTo(Lookup.MISSING);

        mirror.store(memory("k", "a text of some length", 1));

        assertThat(mirror.retrieve("me", "k")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void aTextThatIsTrimmedAndLosesWhatCannotBeSeenComesBackWhole() {
        server.keeps =
                text -> text.strip().replaceAll("[\\p{C}&&[^\\n\\t]]", "").replaceAll("\\n{3,}", "\n\n");
        for (String value : List.of("", "  ", "\u200B", "a\n\n\nb", " a ", "a\u200Db", "a\r\nb\r\n", "\uFEFFa")) {
            mirror.store(memory("k" + value.hashCode(), value, 1));

            assertThat(((Lookup.Found) mirror.retrieve("me", "k" + value.hashCode()))
                            .entry()
                            .value())
                    .isEqualTo(value);
        }
    }

    @Test
    void proseThatIsNoDataIsNeverAMemory() {
        server.notes.put(name("k"), "Key not found: k");

        assertThat(mirror.retrieve("me", "k")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void anotherMemoryUnderTheAddressIsNotTheAnswer() {
        for (MemoryEntry other : List.of(
                memory("another", "v", 1), new MemoryEntry("you", "k", "v", Map.of(), NOW, NOW, new HlcTimestamp(1)))) {
            server.notes.put(name("k"), Envelope.text(other));

            assertThat(mirror.retrieve("me", "k")).isEqualTo(Lookup.MISSING);
            assertThat(mirror.delete("me", "k", new HlcTimestamp(9)).count()).isZero();
            assertThat(server.notes).hasSize(1);
        }
    }

    @Test
    void whatBelongsToAnotherUserIsInNoSearchAndNoList() {
        mirror.store(memory("k", "tea", 1));
        mirror.store(new MemoryEntry("you", "k", "tea", Map.of(), NOW, NOW, new HlcTimestamp(1)));
        server.notes.put("note", "tea, says another program");

        assertThat(mirror.search(new SearchRequest("me", Query.of("tea"), 10)))
                .extracting(MemoryEntry::userId)
                .containsExactly("me");
        assertThat(mirror.list(new ListRequest("me", null, 10)).entries())
                .extracting(MemoryEntry::userId)
                .containsExactly("me");
    }

    @Test
    void aListIsReadToItsEnd() {
        for (int i = 0; i < 10; i++) {
            mirror.store(memory("k" + i, "v", 1));
        }

        assertThat(mirror.list(new ListRequest("me", null, 100)).entries()).hasSize(10);
        assertThat(server.callsOf("list")).isEqualTo(4);
    }

    @Test
    void aListThatNeverEndsAndOneThatFailsHalfwayAreNone() {
        mirror.store(memory("k", "v", 1));
        server.with("list", arguments -> server.found(List.of(name("k")), true));
        assertKind(Kind.BROKEN, () -> mirror.list(new ListRequest("me", null, 100)));

        Iterator<Boolean> fails = List.of(false, true).iterator();
        server.with("list", arguments -> fails.next() ? error("boom") : server.found(List.of(name("k")), true));
        assertKind(Kind.BROKEN, () -> mirror.list(new ListRequest("me", null, 100)));
    }

    /** A server that gives a new id with each change: an id of before is never used for a write. */
    @Test
    void idsThatChangeAreReadAnewForEachWrite() {
        AtomicInteger ids = new AtomicInteger();
        server.put = write -> {
            write.run();
            server.notes.put(name("k") + "/" + ids.incrementAndGet(), server.notes.remove(name("k")));
            return prose("saved");
        };
        server.get = name -> {
            List<String> found = server.notes.keySet().stream()
                    .filter(id -> id.startsWith(name))
                    .toList();
            return found.isEmpty() ? prose("no such note") : server.found(found, false);
        };

        mirror.store(memory("k", "one", 1));
        mirror.store(memory("k", "two", 2));

        assertThat(server.notes).as("one copy is left").containsOnlyKeys(name("k") + "/2");
        assertThat(mirror.delete("me", "k", new HlcTimestamp(3)).count()).isEqualTo(1);
        assertThat(server.notes).isEmpty();
    }

    @Test
    void theNewCopyIsThereBeforeTheOldOneGoes() {
        List<Integer> sizes = new ArrayList<>();
        server.drop = delete -> {
            sizes.add(server.notes.size());
            delete.run();
            return prose("dropped");
        };
        idsThatChangeAreReadAnewForEachWrite();

        assertThat(sizes.get(0)).isEqualTo(2);
    }

    @Test
    void aDeleteWithoutAnIdIsRefusedAndNotSent() {
        mirror.store(memory("k", "v", 1));
        ToolContract careless =
                open("\"delete\": {\"tool\": \"drop\", \"arguments\": {\"name\": \"=$lookup({}, id)\"}}");

        assertThatThrownBy(() -> careless.delete("me", "k", new HlcTimestamp(2)))
                .hasMessageContaining("contracts.notes.delete.arguments.name has no value");
        assertThat(server.callsOf("drop")).isZero();
        assertThat(server.notes).hasSize(1);
    }

    @Test
    void anOlderWriteAndAnOlderDeleteChangeNothing() {
        mirror.store(memory("k", "new", 5));

        assertThat(((Lookup.Found) mirror.store(memory("k", "old", 4))).entry().value())
                .isEqualTo("new");
        assertThat(mirror.delete("me", "k", new HlcTimestamp(4))).isEqualTo(new Removal(0, new HlcTimestamp(5)));
        assertThat(server.callsOf("put")).isEqualTo(1);
    }

    @Test
    void aServerThatForgotEverythingIsNoticed() {
        Instant before = mirror.unharmedSince();
        assertThat(mirror.unharmedSince()).isEqualTo(before);

        server.notes.clear();
        Clock later = Clock.fixed(Instant.now().plusSeconds(60), java.time.ZoneOffset.UTC);
        ToolContract again = DeclaredContracts.open(FakeNotes.contract(), server, "me", Duration.ofSeconds(30), later);

        assertThat(again.unharmedSince()).isAfter(before);
        assertThat(mirror.list(new ListRequest("me", null, 10)).entries())
                .as("the canary is nobody's")
                .isEmpty();
    }

    @Test
    void anExpressionThatYieldsNoListOrNoIdIsAFailure() {
        mirror.store(memory("k", "v", 1));

        assertThat(open("\"find\": {\"tool\": \"get\", \"arguments\": {\"name\": \"=hash\"},"
                                + " \"items\": \"reply.json.notes[0].{'id': id, 'text': text}\"}")
                        .retrieve("me", "k"))
                .as("one hit is no list in JSONata")
                .isInstanceOf(Lookup.Found.class);
        for (String items : List.of("'text'", "{'text': 'x'}", "[[1]]", "$error('x')", "7")) {
            ToolContract wrong =
                    open("\"find\": {\"tool\": \"get\", \"arguments\": {\"name\": \"=hash\"}, \"items\": \"" + items
                            + "\"}");
            assertKind(Kind.BROKEN, () -> wrong.retrieve("me", "k"));
        }
    }

    @Test
    void anOkThatIsNotTrueIsNoSuccess() {
        for (String ok : List.of("'yes'", "1", "[true, true]", "nothing", "{}")) {
            ToolContract vague = open("\"find\": {\"tool\": \"get\", \"arguments\": {\"name\": \"=hash\"}, \"ok\": \""
                    + ok + "\", \"items\": \"reply.json.notes\"}");
            assertKind(Kind.BROKEN, () -> vague.retrieve("me", "k"));
        }
    }

    @Test
    void anAnswerBeyondBoundsIsRefused() {
        server.get = name -> prose("x".repeat(ServerCalls.MOST_CHARS + 1));

        assertKind(Kind.BROKEN, () -> mirror.retrieve("me", "k"));
    }

    @Test
    void repliesOfEveryDialectAreRead() {
        Map<String, Object> note = Map.of("id", name("k"), "text", Envelope.text(memory("k", "v", 1)));
        Map<String, Object> notes = Map.of("notes", List.of(note));
        for (var reply : List.of(
                FakeTools.json(notes),
                FakeTools.result(notes),
                FakeTools.json(Map.of("result", io.unifiedmemory.memory.util.Json.write(notes))))) {
            server.get = name -> reply;

            assertThat(mirror.retrieve("me", "k")).isInstanceOf(Lookup.Found.class);
        }
    }
}
