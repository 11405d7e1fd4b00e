package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Listing;
import io.unifiedmemory.unified.reads.Retrieval;
import io.unifiedmemory.unified.reads.SearchOptions;
import io.unifiedmemory.unified.reads.SearchResult;
import io.unifiedmemory.unified.writes.Deleted;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An answer that calls itself complete lacks nothing, whatever was deleted, is owed, or was written by other programs.
 */
class CompletenessTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final BackendOptions ONCE = new BackendOptions(true, 2, LONG, 0);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final GraphLikeBackend graph = new GraphLikeBackend();
    private final FaultyBackend upstream = new FaultyBackend(graph);
    private SqliteDatabase database;
    private SqliteStore store;
    private FaultyBackend local;
    private UnifiedMemory memory;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        store = new SqliteStore(database, clock);
        local = new FaultyBackend(store);
        memory = memory(MemoryOptions.Read.PRIORITY, BackendOptions.LOCAL);
    }

    private UnifiedMemory memory(MemoryOptions.Read reads, BackendOptions localOptions) {
        return UnifiedMemory.builder()
                .clock(clock)
                .options(new MemoryOptions(reads, MemoryOptions.Wait.ALL, Duration.ofDays(30)))
                .search(new SearchOptions(LONG, Duration.ZERO))
                .primary("sqlite", FaultyStore.whole(local, store), localOptions)
                .replica("up", upstream, ONCE)
                .build();
    }

    @AfterEach
    void close() {
        memory.close();
        database.close();
    }

    // The law

    /**
     * The upstream misses some writes and refuses others for good; another machine and another program write to it too.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatIsCompleteIsAllThatThereIs(long seed) {
        Random random = new Random(seed);
        Map<String, MemoryEntry> ours = new TreeMap<>();
        Map<String, String> foreign = new TreeMap<>();
        for (int i = 0; i < 120; i++) {
            clock.advance(Duration.ofHours(1));
            String key = "k" + random.nextInt(40);
            int what = random.nextInt(100);
            boolean missed = random.nextInt(3) == 0;
            if (missed) {
                upstream.fail(1, random.nextBoolean() ? Kind.UNAVAILABLE : Kind.REJECTED);
            }
            if (what < 30) {
                memory.store("u", key, "text " + i, Map.of());
                ours.put(key, ((Lookup.Found) memory.retrieve("u", key).lookup()).entry());
            } else if (what < 65) {
                memory.delete("u", key, null);
                ours.remove(key);
                foreign.remove(key);
            } else if (what < 67) {
                memory.deleteAll("u", null);
                ours.clear();
                foreign.clear();
            } else if (what < 70) {
                Instant cutoff = clock.instant().minus(Duration.ofHours(40));
                memory.expire("u", cutoff, null);
                ours.values()
                        .removeIf(entry ->
                                entry.updatedAt() != null && entry.updatedAt().isBefore(cutoff));
            } else if (what < 85) {
                Instant now = clock.instant();
                MemoryEntry theirs = new MemoryEntry(
                        "u",
                        key,
                        "text of another machine " + i,
                        Map.of(),
                        now,
                        now,
                        HlcTimestamp.atMillis(clock.millis()));
                graph.store(theirs);
                ours.put(key, theirs);
            } else if (!owesForget(key)) {
                graph.write("u", key, "text of another program " + i);
                foreign.put(key, "text of another program " + i);
            }
            upstream.recover();
            memory.health(); // closes the breaker
        }
        Map<String, String> expected = new TreeMap<>(foreign);
        ours.forEach((key, entry) -> expected.put(key, entry.value()));

        assertThat(listed(1 + random.nextInt(7))).isEqualTo(expected);
        assertThat(searched("text", 1 + random.nextInt(7)).keySet()).isEqualTo(expected.keySet());
        assertThat(searched(null, 1 + random.nextInt(7)).keySet()).isEqualTo(expected.keySet());
        for (MemoryOptions.Read reads : MemoryOptions.Read.values()) {
            UnifiedMemory reader = memory(reads, BackendOptions.LOCAL);
            for (int i = 0; i < 40; i++) {
                Retrieval retrieval = reader.retrieve("u", "k" + i);
                assertThat(retrieval.problems()).isEmpty();
                String value = retrieval.lookup() instanceof Lookup.Found found
                        ? found.entry().value()
                        : null;
                // By priority the local copy counts, which another machine may have outdone.
                if (reads == MemoryOptions.Read.FRESHEST || value == null) {
                    assertThat(value).as("k" + i).isEqualTo(expected.get("k" + i));
                } else {
                    assertThat(expected).containsKey("k" + i);
                }
            }
        }
    }

    private boolean owesForget(String key) {
        return store.pendingWrites().concerning("up", "u", key).stream()
                .anyMatch(owed -> owed.operation().forgets());
    }

    // Its parts

    @ParameterizedTest
    @EnumSource(MemoryOptions.Read.class)
    void whoIsOwedACleanupOrAnythingElseIsAskedAllTheSame(MemoryOptions.Read reads) {
        Instant old = clock.instant().minus(Duration.ofDays(60));
        graph.store(new MemoryEntry("u", "old", "v", Map.of(), old, old, HlcTimestamp.atMillis(old.toEpochMilli())));
        for (Kind kind : List.of(Kind.UNAVAILABLE, Kind.REJECTED)) {
            missed(kind, () -> memory.expire("u", clock.instant().minus(Duration.ofDays(30)), null));
            missed(kind, () -> memory.deleteAll("u", null));
            missed(kind, () -> memory.delete("u", "later", null));
            clock.advance(Duration.ofHours(1));
            Instant now = clock.instant();
            graph.store(new MemoryEntry("u", "later", "v", Map.of(), now, now, HlcTimestamp.atMillis(clock.millis())));
            graph.write("u", "another program's", "v");
            UnifiedMemory reader = memory(reads, BackendOptions.LOCAL);

            assertThat(reader.retrieve("u", "later").source()).isEqualTo("up");
            assertThat(reader.retrieve("u", "old").lookup()).isInstanceOf(Lookup.Deleted.class);
            assertThat(listed(10)).containsOnlyKeys("later");
            assertThat(searched("v", 10)).containsOnlyKeys("later");
        }
    }

    @Test
    void aCleanupThatIsOwedHidesWhatOnlyTheUpstreamHasAndNothingOfOtherPrograms() {
        Instant old = clock.instant().minus(Duration.ofDays(60));
        graph.store(new MemoryEntry("u", "old", "v", Map.of(), old, old, HlcTimestamp.atMillis(old.toEpochMilli())));
        graph.write("u", "another program's", "v");
        missed(Kind.UNAVAILABLE, () -> memory.expire("u", clock.instant().minus(Duration.ofDays(30)), null));

        assertThat(listed(10)).containsOnlyKeys("another program's");
        assertThat(searched("v", 10)).containsOnlyKeys("another program's");
        assertThat(memory.retrieve("u", "old").lookup()).isInstanceOf(Lookup.Deleted.class);
        assertThat(memory.retrieve("u", "another program's").source()).isEqualTo("up");
    }

    @Test
    void pagesOfWhatIsDeletedHereEndNeitherAListingNorASearch() {
        for (int i = 0; i < 300; i++) {
            graph.store(new MemoryEntry(
                    "u",
                    "a%03d".formatted(i),
                    "v",
                    Map.of(),
                    clock.instant(),
                    clock.instant(),
                    new HlcTimestamp(1000 - i)));
        }
        missed(Kind.REJECTED, () -> memory.deleteAll("u", null));
        for (int i = 0; i < 5; i++) {
            graph.write("u", "b" + i, "v");
            clock.advance(Duration.ofSeconds(1));
            Instant earlier = Instant.EPOCH;
            graph.store(new MemoryEntry(
                    "u", "c" + i, "v", Map.of(), earlier, earlier, HlcTimestamp.atMillis(clock.millis())));
        }
        store.outboxAdmin().drop("up");

        assertThat(listed(3)).hasSize(10);
        assertThat(searched("v", 3)).hasSize(10);
        Listing first = memory.list(new ListRequest("u", null, 3));
        assertThat(first.page().entries()).hasSize(3);
    }

    @Test
    void aListingThatPassedOverVeryMuchSaysHowFarItGot() {
        for (int i = 0; i < 100; i++) {
            graph.store(new MemoryEntry(
                    "u", "a%03d".formatted(i), "v", Map.of(), clock.instant(), clock.instant(), new HlcTimestamp(5)));
        }
        missed(Kind.REJECTED, () -> memory.deleteAll("u", null));
        upstream.listAtMost(2);

        Listing listing = memory.list(new ListRequest("u", null, 10));

        assertThat(listing.page().entries()).isEmpty();
        assertThat(listing.page().more()).isTrue();
        assertThat(listing.next()).isEqualTo("a015");
        assertThat(listed(10)).isEmpty();
    }

    @Test
    void aSearchThatLookedThroughAsMuchAsItMayAndFoundNothingSaysSo() {
        for (int i = 0; i < 10_001; i++) {
            graph.store(new MemoryEntry("u", "k" + i, "v", Map.of(), null, null, new HlcTimestamp(5)));
        }
        missed(Kind.REJECTED, () -> memory.deleteAll("u", null));

        SearchResult result = memory.search(new SearchRequest("u", Query.of("v"), 5), AlreadyShown.NOTHING);

        assertThat(result.hits()).isEmpty();
        assertThat(result.problems().get("up")).contains("has more than 10000 hits");
    }

    @Test
    void whoCannotBeAskedIsNamed() {
        graph.capabilities = EnumSet.noneOf(Capability.class);
        memory.store("u", "k", "v", Map.of());

        assertThat(memory.list(new ListRequest("u", null, 5)).problems().get("up"))
                .startsWith("cannot list;");
        assertThat(memory.search(new SearchRequest("u", Query.of("v"), 5), AlreadyShown.NOTHING)
                        .problems()
                        .get("up"))
                .startsWith("cannot search;");
    }

    @Test
    void aDatabaseThatCannotSayWhetherItKnowsBetterIsNamed() {
        graph.store(new MemoryEntry("u", "theirs", "v", Map.of(), null, null, new HlcTimestamp(5)));
        local.failRetrieves(true);

        assertThat(memory.list(new ListRequest("u", null, 5)).problems()).containsOnlyKeys("sqlite");
        assertThat(memory.search(new SearchRequest("u", Query.of("v"), 5), AlreadyShown.NOTHING)
                        .problems())
                .containsOnlyKeys("sqlite");
    }

    @Test
    void withoutLocalMemoriesWhatIsOwedStillHidesWhatItDeletes() {
        graph.store(new MemoryEntry("u", "k", "v", Map.of(), null, null, new HlcTimestamp(5)));
        graph.write("u", "foreign", "v");
        graph.write("u", "kept", "v");
        UnifiedMemory without = memory(MemoryOptions.Read.PRIORITY, new BackendOptions(false, 1, LONG, 0));
        for (String key : List.of("k", "foreign")) {
            upstream.fail(1, Kind.UNAVAILABLE);
            without.delete("u", key, null);
            without.health();
        }

        Listing listing = without.list(new ListRequest("u", null, 5));
        assertThat(listing.page().entries()).extracting(MemoryEntry::key).containsExactly("kept");
        assertThat(listing.problems()).containsOnlyKeys("outbox");
        assertThat(without.search(new SearchRequest("u", Query.of("v"), 5), AlreadyShown.NOTHING)
                        .hits())
                .hasSize(1);
        assertThat(without.retrieve("u", "foreign").lookup()).isInstanceOf(Lookup.Deleted.class);
        assertThat(without.retrieve("u", "kept").source()).isEqualTo("up");
    }

    // What other programs wrote

    @Test
    void aDeleteOfWhatAnotherProgramWroteDeletesItAndWhatThatWritesLaterIsShown() {
        graph.write("u", "Acme", "Founded 1999");

        Deleted deleted = memory.delete("u", "Acme", null);

        assertThat(deleted.removal().count()).isEqualTo(1);
        assertThat(deleted.report().durability()).isEqualTo(Durability.REPLICATED);
        assertThat(graph.foreign).isEmpty();
        assertThat(listed(5)).isEmpty();
        graph.write("u", "Acme", "Bought by Initech");
        assertThat(listed(5)).containsEntry("Acme", "Bought by Initech");
        assertThat(searched("Bought", 5)).containsOnlyKeys("Acme");
        assertThat(memory.retrieve("u", "Acme").source()).isEqualTo("up");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeleteThatIsOwedHidesWhatItWillDeleteAndNothingReturnsAfterTheRetention(boolean all) {
        graph.write("u", "Acme", "Founded 1999");
        upstream.fail(1, Kind.UNAVAILABLE);
        Deleted deleted = all ? memory.deleteAll("u", null) : memory.delete("u", "Acme", null);
        assertThat(deleted.report().outcomes()).containsEntry("up", Outcome.QUEUED);
        memory.health();

        assertThat(listed(5)).isEmpty();
        assertThat(searched("Founded", 5)).isEmpty();
        assertThat(memory.retrieve("u", "Acme").lookup()).isInstanceOf(Lookup.Deleted.class);
        assertThat(memory.retrieve("u", "Acme").problems()).isEmpty();
        forgetTombstones(Duration.ofDays(40));
        assertThat(listed(5)).isEmpty();

        deliver();
        assertThat(graph.foreign).isEmpty();
        forgetTombstones(Duration.ofDays(40));
        assertThat(listed(5)).isEmpty();
        assertThat(searched("Founded", 5)).isEmpty();
    }

    @Test
    void aDeleteThatTheUpstreamRefusesForGoodHidesForGood() {
        graph.write("u", "Acme", "Founded 1999");
        missed(Kind.REJECTED, () -> memory.delete("u", "Acme", null));

        forgetTombstones(Duration.ofDays(400));

        assertThat(listed(5)).isEmpty();
        assertThat(memory.retrieve("u", "Acme").lookup()).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void neitherADeleteFromElsewhereNorACleanupNorAComparisonTouchesWhatAnotherProgramWrote() {
        graph.write("u", "Acme", "Founded 1999");
        memory.store("u", "mine", "v", Map.of());
        HlcTimestamp now = HlcTimestamp.atMillis(clock.millis() + 1);

        assertThat(memory.delete("u", "Acme", now).removal().count()).isZero();
        memory.deleteAll("u", now);
        memory.expire("u", clock.instant().plusSeconds(60), null);
        deliver();
        missed(Kind.UNAVAILABLE, () -> memory.delete("u", "Acme", now.next()));
        missed(Kind.UNAVAILABLE, () -> memory.deleteAll("u", now.next()));

        assertThat(listed(5)).containsOnlyKeys("Acme");
        deliver();
        assertThat(graph.foreign).containsOnlyKeys("Acme");
    }

    @Test
    void aDeleteFromElsewhereDoesNotReplaceTheOneThatWasAskedForHere() {
        graph.write("u", "Acme", "Founded 1999");
        graph.write("u", "Initech", "Founded 1998");
        missed(Kind.UNAVAILABLE, () -> memory.delete("u", "Acme", null));
        clock.advance(Duration.ofHours(1));
        HlcTimestamp later = HlcTimestamp.atMillis(clock.millis());
        missed(Kind.UNAVAILABLE, () -> memory.delete("u", "Acme", later));
        missed(Kind.UNAVAILABLE, () -> memory.deleteAll("u", later));
        memory.health();

        assertThat(store.pendingWrites().concerning("up", "u", "Acme"))
                .extracting(OutboxEntry::operation)
                .containsExactlyInAnyOrder(OutboxEntry.Operation.FORGET, OutboxEntry.Operation.DELETE_ALL);
        assertThat(listed(5)).containsOnlyKeys("Initech");
        deliver();
        assertThat(graph.foreign).containsOnlyKeys("Initech");
    }

    @Test
    void whatOnlyAnotherProgramWroteStandsWhereItFitsBesideWhatIsKeptTwice() {
        List<MemoryEntry> here = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            memory.store("u", "k" + i, "v " + i, Map.of());
            here.add(((Lookup.Found) memory.retrieve("u", "k" + i).lookup()).entry());
        }
        graph.write("u", "fits best", "something else");
        List<MemoryEntry> there = new ArrayList<>(here);
        there.add(1, graph.foreign.get("fits best"));
        local.answerSearches(here);
        upstream.answerSearches(there);

        assertThat(memory.search(new SearchRequest("u", Query.of("which one"), 10), AlreadyShown.NOTHING)
                        .hits()
                        .subList(0, 3))
                .extracting(hit -> hit.entry().key())
                .containsExactly("k0", "fits best", "k1");
    }

    private void missed(Kind kind, Runnable write) {
        upstream.fail(1, kind);
        write.run();
        upstream.recover();
        memory.health(); // closes the breaker
    }

    private void deliver() {
        clock.advance(Duration.ofHours(1));
        assertThat(memory.reconcile(false, List.of("u"), (user, count) -> {}).problems())
                .isEmpty();
    }

    private void forgetTombstones(Duration later) {
        clock.advance(later);
        HlcTimestamp before =
                HlcTimestamp.atMillis(clock.instant().minus(Duration.ofDays(30)).toEpochMilli());
        store.tombstones().forget(before, 1000);
    }

    /** Everything, page by page, each of which must be complete. */
    private Map<String, String> listed(int limit) {
        Map<String, String> all = new TreeMap<>();
        String after = null;
        int pages = 0;
        do {
            Listing listing = memory.list(new ListRequest("u", after, limit));
            assertThat(listing.problems()).isEmpty();
            assertThat(listing.page().entries()).hasSizeLessThanOrEqualTo(limit);
            listing.page()
                    .entries()
                    .forEach(entry -> assertThat(all.put(entry.key(), entry.value()))
                            .as("a key twice")
                            .isNull());
            after = listing.next();
            assertThat(listing.page().more()).isEqualTo(after != null);
            assertThat(++pages).as("pages").isLessThan(1000);
        } while (after != null);
        return all;
    }

    private Map<String, String> searched(@Nullable String query, int limit) {
        Map<String, String> all = new TreeMap<>();
        Set<String> shown = new HashSet<>();
        SearchResult result;
        do {
            result = memory.search(new SearchRequest("u", query == null ? null : Query.of(query), limit), seen(shown));
            assertThat(result.problems()).isEmpty();
            result.hits().forEach(hit -> {
                assertThat(shown.add(hit.entry().key())).as("a key twice").isTrue();
                all.put(hit.entry().key(), hit.entry().value());
            });
        } while (result.more());
        return all;
    }

    private static AlreadyShown seen(Set<String> keys) {
        Set<String> copy = Set.copyOf(keys);
        return new AlreadyShown() {
            @Override
            public int count() {
                return copy.size();
            }

            @Override
            public boolean covers(MemoryEntry entry) {
                return copy.contains(entry.key());
            }
        };
    }
}
