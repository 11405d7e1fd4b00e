package io.unifiedmemory.upstream.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.upstream.contract.ToolReply;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class UnifiedContractTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123Z");
    private static final HlcTimestamp VERSION =
            HlcTimestamp.atMillis(32_000_000_000_000L).next();

    private final FakeUnified server = new FakeUnified();
    private final UnifiedContract contract = new UnifiedContract(server, () -> null);

    @Test
    void versionsAndTimesTravelBesideTheCallAsTexts() {
        MemoryEntry entry = entry("key", VERSION);

        assertThat(contract.store(entry)).isEqualTo(new Lookup.Found(entry));
        assertThat(contract.retrieve("u", "key")).isEqualTo(new Lookup.Found(entry));
        assertThat(contract.search(new SearchRequest("u", Query.of("value"), 5)))
                .containsExactly(entry);
        assertThat(contract.list(new ListRequest("u", null, 5)).entries()).containsExactly(entry);

        assertThat(server.calls.get(0))
                .isEqualTo("store {\"user_id\":\"u\",\"key\":\"key\",\"value\":\"value of key\",\"metadata\":{\"a\":1}}"
                        + " {\"io.unifiedmemory/write\":{\"version\":\"2097152000000000001\","
                        + "\"created_at\":\"2026-11-22T12:00:00.123Z\",\"updated_at\":\"2026-11-22T12:00:00.123Z\"}}");
    }

    @Test
    void whatIsHeldInsteadComesBackWhole() {
        MemoryEntry newer = new MemoryEntry("u", "key", "newer", Map.of("b", 2), NOON, NOON, VERSION);
        contract.store(newer);

        assertThat(contract.store(entry("key", new HlcTimestamp(1)))).isEqualTo(new Lookup.Found(newer));
    }

    @Test
    void aMissOfAnIncompleteAnswerIsNoAbsence() {
        server.dialect = UnifiedContractTest::incomplete;

        assertFails(Kind.UNAVAILABLE, "cloud=is down", () -> contract.retrieve("u", "key"));
        assertFails(Kind.UNAVAILABLE, "cloud=is down", () -> contract.search(new SearchRequest("u", Query.of("x"), 5)));
        assertFails(Kind.UNAVAILABLE, "cloud=is down", () -> contract.list(new ListRequest("u", null, 5)));
    }

    @Test
    void whatAnIncompleteAnswerDoesHoldCounts() {
        MemoryEntry entry = entry("key", VERSION);
        contract.store(entry);
        contract.delete("u", "gone", new HlcTimestamp(7));
        server.dialect = UnifiedContractTest::incomplete;

        assertThat(contract.retrieve("u", "key")).isEqualTo(new Lookup.Found(entry));
        assertThat(contract.retrieve("u", "gone")).isEqualTo(new Lookup.Deleted(new HlcTimestamp(7)));
        assertThat(contract.search(new SearchRequest("u", Query.of("value"), 5)))
                .containsExactly(entry);
        assertFails(Kind.UNAVAILABLE, "", () -> contract.list(new ListRequest("u", null, 5)));
    }

    @Test
    void aCutoffTravelsExactlyBesideWholeDays() {
        Instant cutoff = Instant.now().minus(Duration.ofHours(25));
        contract.expire("u", cutoff, VERSION);
        contract.expire("u", Instant.now().plusSeconds(60), VERSION);
        contract.expire("u", Instant.EPOCH.minus(Duration.ofDays(40_000)), VERSION);

        assertThat(server.calls.get(0)).contains("\"max_age_days\":2}").contains("\"cutoff\":\"" + cutoff + "\"");
        assertThat(server.calls.get(1)).contains("\"max_age_days\":1}");
        assertThat(server.calls.get(2)).contains("\"max_age_days\":36500}");
    }

    @Test
    void pagesGoOnWhereTheLastOneEnded() {
        for (int i = 10; i < 32; i++) {
            contract.store(entry("key " + i, VERSION));
        }
        server.calls.clear();

        Page first = contract.list(new ListRequest("u", null, 10));
        Page second = contract.list(new ListRequest("u", "key 19", 10));

        assertThat(server.calls).hasSize(4);
        assertThat(first.entries()).hasSize(10);
        assertThat(second.entries())
                .extracting(MemoryEntry::key)
                .startsWith("key 20")
                .hasSize(10);
        assertThat(second.more()).isTrue();
        assertThat(contract.list(new ListRequest("u", "key 305", 10)).entries())
                .extracting(MemoryEntry::key)
                .containsExactly("key 31");
    }

    @Test
    void aPageInTheMiddleOfAnotherGoesOnByTheNearestCursorBeforeIt() {
        for (int i = 10; i < 32; i++) {
            contract.store(entry("key " + i, VERSION));
        }
        contract.list(new ListRequest("u", null, 20));
        contract.list(new ListRequest("another", null, 20));
        server.calls.clear();

        Page page = contract.list(new ListRequest("u", "key 21", 3));

        assertThat(page.entries()).extracting(MemoryEntry::key).containsExactly("key 22", "key 23", "key 24");
        assertThat(server.calls).allMatch(call -> call.contains("after key")).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aPageThatIsHalfFullAsksNoMore() {
        for (int i = 10; i < 32; i++) {
            contract.store(entry("key " + i, VERSION));
        }
        server.calls.clear();

        Page page = contract.list(new ListRequest("u", null, 20, 60));

        assertThat(server.calls).hasSize(1);
        assertThat(page.entries()).isNotEmpty();
        assertThat(page.more()).isTrue();
        assertThat(page.total()).isEqualTo(22);
    }

    @Test
    void aServerThatTakesSmallerLimitsIsAskedForLess() {
        server.maxLimit = 3;
        for (int i = 10; i < 32; i++) {
            contract.store(entry("key " + i, VERSION));
        }

        assertThat(contract.list(new ListRequest("u", null, 500)).entries()).hasSize(22);
        assertThat(contract.search(new SearchRequest("u", Query.of("value"), 20)))
                .hasSize(20);
        server.maxLimit = 0;
        server.dialect = reply -> reply;
        assertFails(Kind.REJECTED, "limit", () -> contract.list(new ListRequest("u", null, 500)));
    }

    @Test
    void aListingThatRepeatsItselfEnds() {
        for (int i = 10; i < 32; i++) {
            contract.store(entry("key " + i, VERSION));
        }
        server.dialect = reply -> changed(reply, "next_cursor", "after key 09");

        assertFails(Kind.BROKEN, "begins before the end", () -> contract.list(new ListRequest("u", null, 100)));
        server.dialect = reply -> changed(reply, "next_cursor", "0");
        assertFails(
                Kind.BROKEN, "without an end", () -> contract.search(new SearchRequest("u", Query.of("value"), 100)));
    }

    @Test
    void aWalkThroughEmptyPagesOnlyEnds() {
        AtomicInteger pages = new AtomicInteger();
        server.dialect = reply -> changed(reply, "next_cursor", "after " + pages.incrementAndGet());

        assertFails(Kind.BROKEN, "without an end", () -> contract.list(new ListRequest("u", null, 100)));
        assertThat(pages).hasValueLessThan(200);
    }

    @Test
    void anEmptyPageEndsNothing() {
        contract.store(entry("key", VERSION));
        AtomicInteger pages = new AtomicInteger();
        server.dialect = reply -> pages.incrementAndGet() > 1
                ? reply
                : changed(changed(reply, "memories", Map.of()), "next_cursor", "after a");

        assertThat(contract.list(new ListRequest("u", null, 100)).entries()).hasSize(1);
    }

    @Test
    void anOverlongCursorIsNotKept() {
        contract.store(entry("key", VERSION));
        server.dialect = reply -> changed(reply, "next_cursor", "x".repeat(20_000));

        assertFails(Kind.BROKEN, "cursor of 20000", () -> contract.list(new ListRequest("u", null, 100)));
    }

    private static ToolReply changed(ToolReply reply, String field, Object value) {
        Map<String, Object> json = new LinkedHashMap<>(reply.json());
        json.put(field, value);
        return new ToolReply(reply.error(), json, reply.text(), reply.meta());
    }

    @Test
    void errorsKeepTheirKind() {
        for (Kind kind : Kind.values()) {
            server.dialect = reply -> error(
                    "no luck", Map.of("io.unifiedmemory/error", kind.name().toLowerCase(Locale.ROOT)));
            assertFails(kind, "no luck", () -> contract.retrieve("u", "key"));
        }
        server.dialect = reply -> error("key must have 1 to 512 characters", Map.of());
        assertFails(Kind.REJECTED, "1 to 512", () -> contract.store(entry("", VERSION)));
        server.dialect = reply -> error("x", Map.of("io.unifiedmemory/error", "tired"));
        assertFails(Kind.BROKEN, "x", () -> contract.retrieve("u", "key"));
    }

    @Test
    void anAnswerThatLacksSomethingIsBroken() {
        MemoryEntry entry = entry("key", VERSION);
        contract.store(entry);
        server.dialect = reply -> new ToolReply(false, reply.json(), reply.text(), Map.of());

        assertFails(Kind.BROKEN, "version", () -> contract.store(entry));
        assertFails(Kind.BROKEN, "version", () -> contract.retrieve("u", "key"));
        assertFails(Kind.BROKEN, "versions", () -> contract.search(new SearchRequest("u", null, 5)));
        assertFails(Kind.BROKEN, "entries", () -> contract.list(new ListRequest("u", null, 5)));
        assertFails(Kind.BROKEN, "removal", () -> contract.delete("u", "key", VERSION));
        server.dialect = reply -> new ToolReply(false, Map.of(), "Error: boom", Map.of());
        assertFails(Kind.BROKEN, "results", () -> contract.search(new SearchRequest("u", null, 5)));
        assertFails(Kind.BROKEN, "status", contract::check);
    }

    @Test
    void ofAServerFromBeforeFiltersTheBestHitsAreFilteredAndOrderedHere() {
        server.old = true;
        for (int i = 10; i < 40; i++) {
            contract.store(entry("key " + i, NOON.plusSeconds(i)));
        }
        SearchFilter filter = new SearchFilter(NOON.plusSeconds(12), NOON.plusSeconds(15), Map.of("a", 1), "key");

        assertThat(contract.search(new SearchRequest("u", Query.of("value"), 2, SearchOrder.RECENCY, filter)))
                .extracting(MemoryEntry::key)
                .containsExactly("key 14", "key 13");
        assertThat(server.calls).noneMatch(call -> call.contains("since") || call.contains("order"));
    }

    @Test
    void ofAServerFromBeforeTagsTheElementsOfArraysAreFoundHere() {
        server.withoutTags = true;
        contract.store(new MemoryEntry(
                "u", "red", "value", Map.of("tags", List.of("red", "green")), NOON, NOON, new HlcTimestamp(9L << 16)));
        contract.store(entry("bare", NOON));

        for (SearchFilter filter : List.of(
                SearchFilter.tagged(List.of("red")), new SearchFilter(null, null, Map.of("tags", "red"), null))) {
            assertThat(contract.search(new SearchRequest("u", null, 2, SearchOrder.RECENCY, filter)))
                    .extracting(MemoryEntry::key)
                    .containsExactly("red");
        }
        assertThat(server.calls).filteredOn(call -> call.startsWith("search")).noneMatch(call -> call.contains("tags"));
    }

    @Test
    void filtersAndOrderAreTheServersWork() {
        for (int i = 10; i < 40; i++) {
            contract.store(entry("key " + i, NOON.plusSeconds(i)));
        }
        server.calls.clear();
        SearchFilter filter = new SearchFilter(NOON.plusSeconds(12), NOON.plusSeconds(15), Map.of("a", 1), "key");

        assertThat(contract.search(new SearchRequest("u", Query.of("value"), 2, SearchOrder.RECENCY, filter)))
                .extracting(MemoryEntry::key)
                .containsExactly("key 14", "key 13");
        assertThat(server.calls)
                .singleElement()
                .asString()
                .contains("\"order\":\"recency\",\"since\":\"2026-11-22T12:00:12.123Z\","
                        + "\"until\":\"2026-11-22T12:00:15.123Z\",\"metadata\":{\"a\":1},\"key_prefix\":\"key\"");
    }

    @Test
    void theCheckTellsTheStatusOfTheOtherSide() {
        assertThat(contract.check()).isEqualTo(new BackendStatus(true, "unified 1.2.3, its status is ok"));
        server.dialect = reply -> new ToolReply(false, Map.of("status", "down", "version", "1"), "", Map.of());
        assertThat(contract.check().up()).isFalse();
    }

    private static ToolReply incomplete(ToolReply reply) {
        Map<String, Object> json = new LinkedHashMap<>(reply.json());
        json.put("complete", false);
        json.put("problems", Map.of("cloud", "is down"));
        return new ToolReply(false, json, "", reply.meta());
    }

    private static ToolReply error(String text, Map<String, Object> meta) {
        return new ToolReply(true, Map.of(), text, meta);
    }

    private static void assertFails(Kind kind, String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackendException.class, failure -> {
            assertThat(failure.kind()).as(failure.describe()).isEqualTo(kind);
            assertThat(failure.describe()).contains(message);
        });
    }

    private static MemoryEntry entry(String key, Instant time) {
        return new MemoryEntry(
                "u", key, "value", Map.of("a", 1), time, time, HlcTimestamp.atMillis(time.toEpochMilli()));
    }

    private static MemoryEntry entry(String key, HlcTimestamp version) {
        return new MemoryEntry("u", key, "value of " + key, Map.of("a", 1), NOON, NOON, version);
    }
}
