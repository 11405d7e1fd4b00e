package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.Hits;
import io.unifiedmemory.upstream.contract.ToolContract;
import java.text.Normalizer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedContractTest {

    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
    private static final ListRequest ALL = new ListRequest("alice", null, 10);
    private static final SearchRequest ANYTHING = new SearchRequest("alice", null, 10);

    private final Saying says = new Saying();
    private final CheckedContract contract = new CheckedContract(says, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void anAnswerAboutAnotherMemoryIsRefused() {
        says.lookup = new Lookup.Found(entry("victim", "asked", NOW));
        assertBroken("another", () -> contract.retrieve("alice", "asked"));
        says.lookup = new Lookup.Found(entry("alice", "pwned", NOW));
        assertBroken("another", () -> contract.retrieve("alice", "asked"));
        assertBroken("another", () -> contract.store(entry("alice", "asked", NOW)));
        assertBroken("another", () -> contract.storeAll(List.of(entry("alice", "asked", NOW))));
        says.entries = List.of(entry("alice", "a", NOW), entry("victim", "pwned", NOW));
        assertBroken("another", () -> contract.list(ALL));
        assertBroken("another", () -> contract.search(ANYTHING));
    }

    /** As a server does whose keys are names of files. */
    @ParameterizedTest
    @CsvSource({"NFC, NFD", "NFD, NFC"})
    void aServerMayKeepKeysInAnotherFormOfUnicode(Normalizer.Form ours, Normalizer.Form theirs) {
        String key = Normalizer.normalize("Zoë", ours);
        MemoryEntry asked = entry("alice", key, NOW);
        says.lookup = new Lookup.Found(entry("alice", Normalizer.normalize("Zoë", theirs), NOW));

        assertThat(contract.retrieve("alice", key)).isEqualTo(new Lookup.Found(asked));
        assertThat(contract.store(asked)).isEqualTo(new Lookup.Found(asked));
        says.lookup = new Lookup.Found(entry("alice", "Zoe", NOW));
        assertBroken("another", () -> contract.retrieve("alice", key));
    }

    @Test
    void aStoreIsNotConfirmedByWhatIsOlder() {
        MemoryEntry entry = entry("alice", "k", NOW);
        says.lookup = new Lookup.Found(entry("alice", "k", NOW.minusSeconds(1)));
        assertBroken("older", () -> contract.store(entry));
        says.lookup = new Lookup.Deleted(HlcTimestamp.atMillis(NOW.toEpochMilli() - 1));
        assertBroken("older", () -> contract.store(entry));
        says.lookup = Lookup.MISSING;
        assertBroken("older", () -> contract.store(entry));
        says.lookup = new Lookup.Deleted(entry.version());
        assertThat(contract.store(entry)).isEqualTo(says.lookup);
    }

    @Test
    void everyStoreOfABatchNeedsItsAnswer() {
        MemoryEntry entry = entry("alice", "k", NOW);
        says.batch = List.of(new Lookup.Found(entry));

        assertBroken("number of answers", () -> contract.storeAll(List.of(entry, entry)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT25H", "P700D", "P300000D"})
    void aClockThatIsMoreThanADayAheadIsNotBelieved(Duration ahead) {
        MemoryEntry future = entry("alice", "future", NOW.plus(ahead));
        MemoryEntry now = entry("alice", "now", NOW);
        says.lookup = new Lookup.Found(future);
        says.entries = List.of(future, now);
        says.removal = new Removal(0, future.version());

        assertBroken("days ahead of the clock here", () -> contract.retrieve("alice", "future"));
        assertBroken("days ahead of the clock here", () -> contract.store(entry("alice", "future", NOW)));
        assertBroken("days ahead of the clock here", () -> contract.delete("alice", "future", now.version()));
        assertBroken("days ahead of the clock here", () -> contract.deleteAll("alice", now.version()));
        assertBroken("days ahead of the clock here", () -> contract.expire("alice", NOW, now.version()));
        says.lookup = new Lookup.Deleted(future.version());
        assertBroken("days ahead of the clock here", () -> contract.retrieve("alice", "future"));
        Page page = contract.list(ALL);
        assertThat(page.entries()).containsExactly(now);
        assertThat(page.refused()).containsOnlyKeys("future");
        assertThat(page.problem()).startsWith("left out is \"future\", whose version is");
        Hits hits = contract.search(ANYTHING);
        assertThat(hits.entries()).containsExactly(now);
        assertThat(hits.problem()).isEqualTo(page.problem());
    }

    @Test
    void aClockThatIsHoursAheadIsBelieved() {
        MemoryEntry ahead = entry("alice", "k", NOW.plus(Duration.ofHours(23)));
        says.lookup = new Lookup.Found(ahead);
        says.entries = List.of(ahead);

        assertThat(contract.retrieve("alice", "k")).isEqualTo(says.lookup);
        assertThat(contract.list(ALL)).isEqualTo(new Page(says.entries, false, null));
        assertThat(contract.search(ANYTHING)).isEqualTo(Hits.of(ANYTHING, says.entries));
    }

    @Test
    void timesAreHeldToTheSameClock() {
        HlcTimestamp version = HlcTimestamp.atMillis(NOW.toEpochMilli());
        says.entries = List.of(
                new MemoryEntry("alice", "a", "v", Map.of(), NOW, NOW.plus(Duration.ofDays(9)), version),
                new MemoryEntry("alice", "b", "v", Map.of(), Instant.MAX, NOW, version),
                new MemoryEntry("alice", "c", "v", Map.of(), Instant.MIN, NOW, version),
                new MemoryEntry("alice", "d", "v", Map.of(), null, null, version));

        Page page = contract.list(ALL);

        assertThat(page.entries()).extracting(MemoryEntry::key).containsExactly("d");
        assertThat(page.refused()).containsOnlyKeys("a", "b", "c");
        assertThat(page.problem()).endsWith(", and 2 more");
    }

    @Test
    void whatNoInstanceCanHoldIsLeftOut() {
        says.entries = List.of(
                content("a\u001b[2J", "v", Map.of()),
                content("b", "x".repeat(1 << 20) + "x", Map.of()),
                content("c", "\u00e9".repeat(600_000), Map.of()),
                content("d", "v", Map.of("m", "x".repeat(70_000))),
                content("e", "half \ud83d", Map.of()),
                content("f", "v", Map.of("half \ud83d", 1)),
                content("g", "v", Map.of()),
                content("h".repeat(513), "v", Map.of()));

        Page page = contract.list(ALL);

        assertThat(page.entries()).extracting(MemoryEntry::key).containsExactly("g");
        assertThat(page.refused()).hasSize(7);
        assertThat(page.problem()).startsWith("left out is a memory, whose key must not contain control characters");
    }

    @Test
    void whatOthersWroteWithoutAVersionIsShownAsItIs() {
        says.entries = List.of(
                new MemoryEntry("alice", "Two\nlines", "v".repeat(2 << 20), Map.of(), null, null, HlcTimestamp.NONE));

        assertThat(contract.list(ALL).entries()).isEqualTo(says.entries);
    }

    @Test
    void aListingAscendsFromWhereItWasToBegin() {
        says.entries = List.of(entry("alice", "b", NOW), entry("alice", "a", NOW));
        assertBroken("do not ascend", () -> contract.list(ALL));
        says.entries = List.of(entry("alice", "a", NOW), entry("alice", "a", NOW));
        assertBroken("do not ascend", () -> contract.list(ALL));
        says.entries = List.of(entry("alice", "a", NOW));
        assertBroken("do not ascend", () -> contract.list(new ListRequest("alice", "a", 10)));
        says.entries = List.of(entry("alice", "a", NOW), entry("alice", "b", NOW));
        assertBroken("more than was asked for", () -> contract.list(new ListRequest("alice", null, 1)));
        says.total = -1L;
        assertBroken("negative", () -> contract.list(ALL));
    }

    @Test
    void aSearchFindsEachKeyOnceAndWhatTheFilterAccepts() {
        MemoryEntry first = entry("alice", "p1", NOW);
        says.entries = List.of(first, entry("alice", "p1", NOW.minusSeconds(5)), entry("alice", "q", NOW));
        SearchFilter filter = new SearchFilter(null, null, Map.of(), "p");

        assertThat(contract.search(new SearchRequest("alice", null, 10, SearchOrder.RELEVANCE, filter)))
                .isEqualTo(Hits.of(ANYTHING, List.of(first)));
        assertThat(contract.search(new SearchRequest("alice", null, 1)).entries())
                .containsExactly(first);
    }

    @Test
    void aDeleteCannotSpareWhatIsOlderNorDeleteSeveralForOne() {
        HlcTimestamp version = HlcTimestamp.atMillis(NOW.toEpochMilli());
        says.removal = new Removal(0, new HlcTimestamp(1));
        assertBroken("survivor", () -> contract.delete("alice", "k", version));
        says.removal = new Removal(2, HlcTimestamp.NONE);
        assertBroken("several", () -> contract.delete("alice", "k", version));
        says.removal = new Removal(-1, HlcTimestamp.NONE);
        assertBroken("negative", () -> contract.deleteAll("alice", version));
        says.removal = new Removal(2, version.next());
        assertThatCode(() -> contract.deleteAll("alice", version)).doesNotThrowAnyException();
    }

    @Test
    void aStatusIsOneShortLine() {
        says.status = "x\ny".repeat(1000);

        assertThat(contract.check().detail()).doesNotContain("\n").hasSizeLessThan(400);
    }

    private static MemoryEntry entry(String user, String key, Instant at) {
        return new MemoryEntry(user, key, "v", Map.of(), at, at, HlcTimestamp.atMillis(at.toEpochMilli()));
    }

    private static MemoryEntry content(String key, String value, Map<String, Object> metadata) {
        return new MemoryEntry("alice", key, value, metadata, NOW, NOW, HlcTimestamp.atMillis(NOW.toEpochMilli()));
    }

    private static void assertBroken(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackendException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.BROKEN);
            assertThat(failure.describe()).contains(message);
        });
    }

    /** Says what it is told to, whatever it is asked. */
    private static final class Saying implements ToolContract {
        private Lookup lookup = Lookup.MISSING;
        private @Nullable List<Lookup> batch;
        private List<MemoryEntry> entries = List.of();
        private @Nullable Long total;
        private Removal removal = new Removal(0, HlcTimestamp.NONE);
        private String status = "";

        @Override
        public Lookup store(MemoryEntry entry) {
            return lookup;
        }

        @Override
        public List<Lookup> storeAll(List<MemoryEntry> stored) {
            return batch == null ? ToolContract.super.storeAll(stored) : batch;
        }

        @Override
        public Lookup retrieve(String userId, String key) {
            return lookup;
        }

        @Override
        public List<MemoryEntry> search(SearchRequest request) {
            return entries;
        }

        @Override
        public Page list(ListRequest request) {
            return new Page(entries, false, total);
        }

        @Override
        public Removal delete(String userId, String key, HlcTimestamp version) {
            return removal;
        }

        @Override
        public Removal deleteAll(String userId, HlcTimestamp version) {
            return removal;
        }

        @Override
        public Removal expire(String userId, Instant cutoff, HlcTimestamp version) {
            return removal;
        }

        @Override
        public BackendStatus check() {
            return new BackendStatus(true, status);
        }
    }
}
