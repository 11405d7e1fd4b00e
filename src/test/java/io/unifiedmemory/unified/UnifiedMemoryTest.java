package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.CallOrder;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.reads.AlreadyShown;
import io.unifiedmemory.unified.reads.Listing;
import io.unifiedmemory.unified.reads.Retrieval;
import io.unifiedmemory.unified.reads.SearchResult;
import io.unifiedmemory.unified.writes.Deleted;
import io.unifiedmemory.unified.writes.Durability;
import io.unifiedmemory.unified.writes.Outcome;
import io.unifiedmemory.unified.writes.Stored;
import io.unifiedmemory.unified.writes.WriteReport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnifiedMemoryTest {

    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final InMemoryBackend localStore = new InMemoryBackend();
    private final InMemoryBackend upstreamStore = new InMemoryBackend();
    private final FaultyBackend local = new FaultyBackend(localStore);
    private final FaultyBackend upstream = new FaultyBackend(upstreamStore);

    @TempDir
    private Path folder;

    private final List<UnifiedMemory> opened = new ArrayList<>();
    private final List<SqliteDatabase> databases = new ArrayList<>();
    private final AtomicInteger waits = new AtomicInteger();
    private final Thread test = Thread.currentThread();

    @AfterEach
    void close() {
        opened.forEach(UnifiedMemory::close);
        databases.forEach(SqliteDatabase::close);
    }

    // Writes

    @Test
    void aWriteGoesToEveryBackend() {
        Stored stored = both(LONG).store("u", "k", "v", Map.of("a", 1));
        assertThat(stored.report().durability()).isEqualTo(Durability.REPLICATED);
        assertThat(stored.report().outcomes())
                .containsExactly(entry("sqlite", Outcome.STORED), entry("up", Outcome.STORED));
        assertThat(upstreamStore.retrieve("u", "k")).isEqualTo(localStore.retrieve("u", "k"));
    }

    @Test
    void withoutAnotherBackendAWriteIsLocal() {
        UnifiedMemory memory = open(UnifiedMemory.builder().primary("sqlite", primary(), BackendOptions.LOCAL));
        assertThat(memory.store("u", "k", "v", Map.of()).report().durability()).isEqualTo(Durability.LOCAL);
        assertThat(waits).hasValue(0);
    }

    @Test
    void aDisabledBackendIsNamedAndNotAsked() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), BackendOptions.LOCAL)
                .replica("up", upstream, new BackendOptions(false, 2, LONG, 2)));
        WriteReport report = memory.store("u", "k", "v", Map.of()).report();
        assertThat(report.outcomes()).containsEntry("up", Outcome.DISABLED);
        assertThat(report.durability()).isEqualTo(Durability.LOCAL);
        assertThat(upstream.calls()).isZero();
    }

    @Test
    void anUpstreamThatFailsDoesNotFailTheWrite() {
        upstream.fail(100, Kind.UNAVAILABLE);
        WriteReport report = both(LONG).store("u", "k", "v", Map.of()).report();
        assertThat(report.durability()).isEqualTo(Durability.QUEUED);
        assertThat(report.outcomes()).containsEntry("up", Outcome.QUEUED).containsEntry("sqlite", Outcome.STORED);
        assertThat(report.errors()).containsOnlyKeys("up");
        assertThat(report.errors().get("up")).contains("told to fail").contains("tell it to work");
    }

    @Test
    void aLocalDatabaseThatFailsLeavesTheWriteUnprotected() {
        local.fail(100, Kind.BROKEN);
        WriteReport report = both(LONG).store("u", "k", "v", Map.of()).report();
        assertThat(report.durability()).isEqualTo(Durability.UNPROTECTED);
        assertThat(report.outcomes()).containsEntry("sqlite", Outcome.FAILED).containsEntry("up", Outcome.STORED);
    }

    @Test
    void aWriteThatNobodyTookIsAnErrorThatNamesEach() {
        local.fail(100, Kind.BROKEN);
        upstream.fail(100, Kind.UNAVAILABLE);
        assertThatThrownBy(() -> both(LONG).store("u", "k", "v", Map.of()))
                .isInstanceOfSatisfying(
                        NoBackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BROKEN))
                .hasMessageContaining("sqlite: told to fail")
                .hasMessageContaining("up: told to fail");
    }

    @Test
    void whereEveryBackendIsDisabledNothingIsAcknowledged() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(false, 1, LONG, 2))
                .replica("up", upstream, new BackendOptions(false, 2, LONG, 2)));
        assertThatThrownBy(() -> memory.store("u", "k", "v", Map.of()))
                .isInstanceOf(NoBackendException.class)
                .hasMessageContaining("no backend is enabled");
        assertThatThrownBy(() -> memory.delete("u", "k", null)).isInstanceOf(NoBackendException.class);
        assertThatThrownBy(() -> memory.retrieve("u", "k")).isInstanceOf(NoBackendException.class);
    }

    @Test
    void aLocalDatabaseThatTakesNoWritesIsStillRead() {
        UnifiedMemory memory = open(UnifiedMemory.builder().primary("sqlite", primary(), BackendOptions.LOCAL));
        memory.store("u", "k", "v", Map.of());
        local.fail(100, Kind.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> memory.store("u", "k", "w", Map.of())).isInstanceOf(NoBackendException.class);
            assertThat(memory.health().status()).isEqualTo(Health.Status.DOWN);
        }
        local.recover();
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("v");
    }

    @Test
    void withoutLocalMemoriesANewWriteOutdoesOneFromBeforeTheClockWasSetBack() {
        BackendOptions off = new BackendOptions(false, 1, LONG, 2);
        BackendOptions once = new BackendOptions(true, 2, LONG, 0);
        upstream.fail(2, Kind.UNAVAILABLE);
        for (Instant now : List.of(Instant.now(), Instant.now().minus(Duration.ofDays(2)))) {
            UnifiedMemory memory = open(UnifiedMemory.builder()
                    .clock(Clock.fixed(now, ZoneOffset.UTC))
                    .primary("sqlite", primary(), off)
                    .replica("up", upstream, once));
            memory.store("u", "k", "at " + now, Map.of());
            assertThat(value(memory.retrieve("u", "k"))).isEqualTo("at " + now);
        }
    }

    @Test
    void anOutboxThatFailsShowsInTheHealth() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(false, 1, LONG, 2))
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 2)));
        assertThat(memory.health().status()).isEqualTo(Health.Status.OK);
        databases.forEach(SqliteDatabase::close);
        Health health = memory.health();
        assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(health.problems()).containsOnlyKeys("outbox");
    }

    @Test
    void backendsThatHangAreWaitedForTogether() throws InterruptedException {
        FaultyBackend second = new FaultyBackend(new InMemoryBackend());
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), BackendOptions.LOCAL)
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 0))
                .replica("second", second, new BackendOptions(true, 3, LONG, 0)));
        CountDownLatch one = upstream.hang();
        CountDownLatch two = second.hang();
        CompletableFuture<Retrieval> asked = Async.supply(() -> memory.retrieve("u", "k"));
        upstream.awaitWaiting();
        second.awaitWaiting();
        one.countDown();
        two.countDown();
        assertThat(asked.join().lookup()).isEqualTo(Lookup.MISSING);
    }

    @Test
    void whatMaySucceedLaterIsTriedAgain() {
        upstream.fail(2, Kind.OVERLOADED);
        assertThat(both(LONG).store("u", "k", "v", Map.of()).report().durability())
                .isEqualTo(Durability.REPLICATED);
        assertThat(upstream.calls()).isEqualTo(3);
    }

    @Test
    void anAnswerThatWasDroppedIsAskedForAgainAndWrittenOnce() {
        upstream.dropAnswers(1);
        assertThat(both(LONG).store("u", "k", "v", Map.of()).report().durability())
                .isEqualTo(Durability.REPLICATED);
        assertThat(upstreamStore.list(new ListRequest("u", null, 10)).total()).isEqualTo(1);
    }

    @Test
    void whatWillNeverSucceedIsNotTriedAgainAndDoesNotOpenTheBreaker() {
        UnifiedMemory memory = both(LONG);
        for (int i = 0; i < 5; i++) {
            upstream.fail(1, Kind.REJECTED);
            memory.store("u", "k", "v" + i, Map.of());
        }
        assertThat(upstream.calls()).isEqualTo(5);
        assertThat(up(memory.health()).breaker()).isEqualTo("closed");
    }

    @Test
    void aHungUpstreamCostsOneTimeoutAndThenNothing() throws InterruptedException {
        UnifiedMemory memory = both(SHORT);
        upstream.hang();
        assertThat(memory.store("u", "k", "1", Map.of()).report().errors().get("up"))
                .contains("did not answer within 150 ms");
        upstream.awaitInterrupted();
        int calls = upstream.calls();
        int waited = waits.get();
        assertThat(memory.store("u", "k", "2", Map.of()).report().errors().get("up"))
                .contains("is not asked at present");
        assertThat(memory.retrieve("u", "other").problems()).containsKey("up");
        assertThat(upstream.calls()).isEqualTo(calls);
        assertThat(waits).hasValue(waited);
    }

    @Test
    void aNewWriteWinsOverANewerVersionOfAFasterClock() {
        HlcTimestamp ahead =
                HlcTimestamp.atMillis(Instant.now().plusSeconds(600).toEpochMilli());
        localStore.store(new MemoryEntry("u", "k", "old", Map.of(), null, null, ahead));
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "new", Map.of());
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("new");
        memory.delete("u", "k", null);
        assertThat(memory.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
        memory.store("u", "k", "again", Map.of());
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("again");
    }

    @Test
    void aNewWriteWinsOverADeleteThatIsAYearAhead() {
        HlcTimestamp absurd =
                HlcTimestamp.atMillis(Instant.now().plus(Duration.ofDays(365)).toEpochMilli());
        localStore.delete("u", "k", absurd);
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "new", Map.of());
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("new");
    }

    @Test
    void aWriteThatAnUpstreamWillNeverTakeHasFailedThereAndIsADeadLetter() {
        upstream.fail(1, Kind.REJECTED);
        UnifiedMemory memory = both(LONG);
        WriteReport report = memory.store("u", "k", "v", Map.of()).report();
        assertThat(report.outcomes()).containsEntry("up", Outcome.FAILED);
        assertThat(report.durability()).isEqualTo(Durability.PARTIAL);
        assertThat(up(memory.health()).backlog()).isEqualTo(new OutboxAdmin.Backlog(0, null, 1, null));
    }

    @Test
    void aWriteThatTheOnlyBackendRefusesIsNotAcknowledged() {
        upstream.fail(1, Kind.REJECTED);
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(false, 1, LONG, 2))
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 0)));
        assertThatThrownBy(() -> memory.store("u", "k", "v", Map.of()))
                .isInstanceOf(NoBackendException.class)
                .hasMessageContaining("up: told to fail");
    }

    @Test
    void aBackendIsPassedOverForAMemoryThatItIsOwed() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(true, 5, LONG, 0))
                .replica("up", upstream, new BackendOptions(true, 1, LONG, 0)));
        memory.store("u", "k", "old", Map.of());
        upstream.fail(1, Kind.UNAVAILABLE);
        memory.store("u", "k", "new", Map.of());
        int calls = upstream.calls();
        assertThat(memory.retrieve("u", "k").source()).isEqualTo("sqlite");
        assertThat(upstream.calls()).isEqualTo(calls);
    }

    @Test
    void whereTheDatabaseKeepsNoMemoriesAWriteIsReadBackFromTheOutbox() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(false, 1, LONG, 0))
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 0)));
        upstream.fail(100, Kind.UNAVAILABLE);
        assertThat(memory.store("u", "k", "v", Map.of("a", 1)).report().durability())
                .isEqualTo(Durability.QUEUED);
        Retrieval retrieval = memory.retrieve("u", "k");
        assertThat(value(retrieval)).isEqualTo("v");
        assertThat(retrieval.source()).isEqualTo("outbox");
        memory.delete("u", "k", null);
        assertThat(memory.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void whereTheDatabaseKeepsNoMemoriesACleanupCoversWhatIsInTheOutbox() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(false, 1, LONG, 0))
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 0)));
        upstream.fail(100, Kind.UNAVAILABLE);
        Instant longAgo = Instant.now().minus(Duration.ofDays(60));
        HlcTimestamp version = HlcTimestamp.atMillis(longAgo.toEpochMilli());
        memory.replicate(new MemoryEntry("u", "old", "v", Map.of(), longAgo, longAgo, version));
        memory.store("u", "new", "v", Map.of());
        memory.expire("u", Instant.now().minus(Duration.ofDays(30)), null);
        assertThat(memory.retrieve("u", "old").lookup()).isEqualTo(new Lookup.Deleted(version));
        assertThat(value(memory.retrieve("u", "new"))).isEqualTo("v");
    }

    @Test
    void whatIsReadFromAnUpstreamIsKeptHereForTheNextOutage() {
        UnifiedMemory memory = both(LONG);
        HlcTimestamp version = HlcTimestamp.atMillis(1_000_000);
        upstreamStore.store(new MemoryEntry("u", "k", "theirs", Map.of(), null, null, version));
        assertThat(memory.retrieve("u", "k").source()).isEqualTo("up");
        upstream.fail(100, Kind.UNAVAILABLE);
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("theirs");
    }

    @Test
    void aReplicatedWriteNeverReplacesANewerOne() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "new", Map.of());
        Stored stored =
                memory.replicate(new MemoryEntry("u", "k", "old", Map.of(), null, null, HlcTimestamp.atMillis(1_000)));
        assertThat(stored.held())
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo("new"));
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("new");
    }

    @Test
    void anUpstreamThatMissedTheFirstWriteGetsTheTimeOfCreationWithTheNext() {
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        Instant second = Instant.parse("2026-01-02T00:00:00Z");
        upstream.fail(1, Kind.REJECTED);
        memoryAt(first).store("u", "k", "1", Map.of());
        memoryAt(second).store("u", "k", "2", Map.of());
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOfSatisfying(Lookup.Found.class, found -> {
            assertThat(found.entry().createdAt()).isEqualTo(first);
            assertThat(found.entry().updatedAt()).isEqualTo(second);
        });
    }

    // Reads

    @Test
    void aRetrieveIsAnsweredByPriority() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "v", Map.of());
        assertThat(memory.retrieve("u", "k").source()).isEqualTo("sqlite");
        try (PrimaryStore beside = primary()) {
            while (beside.outboxAdmin().backlog("up").pending() > 0) {
                Thread.onSpinWait(); // the outbox learns of a confirmation a moment after the call
            }
        }
        UnifiedMemory other = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(true, 5, LONG, 0))
                .replica("up", upstream, BackendOptions.UPSTREAM));
        assertThat(other.retrieve("u", "k").source()).isEqualTo("up");
    }

    @Test
    void aBackendThatComesFirstIsReadRightAfterItHasConfirmed() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(true, 5, LONG, 0))
                .replica("up", upstream, BackendOptions.UPSTREAM));
        memory.store("u", "k", "v", Map.of());

        assertThat(memory.retrieve("u", "k").source()).isEqualTo("up");
    }

    @Test
    void aMissFallsThroughToTheNextBackend() {
        upstreamStore.store(foreign("k", "v"));
        Retrieval retrieval = both(LONG).retrieve("u", "k");
        assertThat(retrieval.source()).isEqualTo("up");
        assertThat(value(retrieval)).isEqualTo("v");
        assertThat(retrieval.problems()).isEmpty();
    }

    @Test
    void aFailureFallsThroughAndIsReported() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "v", Map.of());
        local.fail(100, Kind.BROKEN);
        Retrieval retrieval = memory.retrieve("u", "k");
        assertThat(retrieval.source()).isEqualTo("up");
        assertThat(retrieval.problems()).containsOnlyKeys("sqlite");
    }

    @Test
    void aMissIsIncompleteWhileABackendIsNotHeard() {
        upstream.fail(100, Kind.UNAVAILABLE);
        Retrieval retrieval = both(LONG).retrieve("u", "k");
        assertThat(retrieval.lookup()).isEqualTo(Lookup.MISSING);
        assertThat(retrieval.problems()).containsOnlyKeys("up");
    }

    @Test
    void whatWasDeletedWhileAnUpstreamWasDownStaysHiddenWhenItIsBack() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "secret", Map.of());
        memory.store("u", "kept", "secret too", Map.of());
        upstream.fail(3, Kind.UNAVAILABLE);
        memory.delete("u", "k", null);
        memory.health();
        assertThat(value(new Retrieval(upstreamStore.retrieve("u", "k"), "up", Map.of())))
                .isEqualTo("secret");

        assertThat(memory.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
        assertThat(keys(search(memory, "secret", 10))).containsExactly("kept");
        assertThat(memory.list(new ListRequest("u", null, 10)).page().entries())
                .extracting(MemoryEntry::key)
                .containsExactly("kept");

        UnifiedMemory upstreamFirst = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(true, 5, LONG, 0))
                .replica("up", upstream, BackendOptions.UPSTREAM));
        assertThat(upstreamFirst.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void whatAnUpstreamMissedIsReadFromTheLocalDatabaseWhateverThePriority() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(true, 5, LONG, 0))
                .replica("up", upstream, new BackendOptions(true, 1, LONG, 0)));
        memory.store("u", "k", "old text", Map.of());
        upstream.fail(1, Kind.UNAVAILABLE);
        memory.store("u", "k", "new words", Map.of());
        assertThat(value(memory.retrieve("u", "k"))).isEqualTo("new words");
        assertThat(search(memory, "old text", 10).hits()).isEmpty();
        assertThat(search(memory, "new words", 10).hits())
                .singleElement()
                .satisfies(hit -> assertThat(hit.entry().value()).isEqualTo("new words"));
    }

    @Test
    void aSearchMergesOneEntryPerKeyAndSaysWhoFoundIt() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "both", "tea", Map.of());
        upstreamStore.store(foreign("theirs", "tea with milk"));
        SearchResult result = search(memory, "tea", 10);
        assertThat(result.hits()).hasSize(2);
        assertThat(result.hits().get(0).entry().key()).isEqualTo("both");
        assertThat(result.hits().get(0).backends()).containsExactly("sqlite", "up");
        assertThat(result.hits().get(1).backends()).containsExactly("up");
        assertThat(result.problems()).isEmpty();
    }

    @Test
    void aListingPagesThroughEverythingThatAnyBackendHolds() {
        UnifiedMemory memory = both(LONG);
        for (int i = 0; i < 5; i++) {
            memory.store("u", "b" + i, "v", Map.of());
            upstreamStore.store(foreign("a" + i, "v"));
            upstreamStore.store(foreign("c" + i, "v"));
        }
        List<String> keys = new ArrayList<>();
        @Nullable String after = null;
        Listing listing;
        do {
            listing = memory.list(new ListRequest("u", after, 4));
            listing.page().entries().forEach(entry -> keys.add(entry.key()));
            assertThat(listing.page().total() == null).isEqualTo(after != null);
            after = keys.get(keys.size() - 1);
        } while (listing.page().more());
        assertThat(keys).hasSize(15).isSorted().doesNotHaveDuplicates();
        assertThat(memory.list(new ListRequest("u", null, 100)).page().total()).isEqualTo(15);
    }

    @Test
    void aListingWithoutAnUpstreamSaysSo() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "v", Map.of());
        upstream.fail(100, Kind.UNAVAILABLE);
        Listing listing = memory.list(new ListRequest("u", null, 10));
        assertThat(listing.page().entries()).hasSize(1);
        assertThat(listing.problems()).containsOnlyKeys("up");
    }

    // Cleanup, health, cancelling

    @Test
    void cleanupDeletesOldMemoriesInEveryBackend() {
        UnifiedMemory memory = both(LONG);
        memory.store("u", "k", "v", Map.of());
        Deleted deleted = memory.expire("u", Instant.now().plusSeconds(5), null);
        assertThat(deleted.removal().count()).isEqualTo(1);
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memory.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void healthTellsOfEachBackendAndClosesTheBreakerOfOneThatIsBack() {
        UnifiedMemory memory = both(LONG);
        upstream.fail(100, Kind.UNAVAILABLE);
        memory.store("u", "k", "v", Map.of());
        Health sick = memory.health();
        assertThat(sick.status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(up(sick).up()).isFalse();
        assertThat(up(sick).breaker()).isEqualTo("open");
        assertThat(up(sick).lastError()).contains("told to fail");
        upstream.recover();
        Health well = memory.health();
        assertThat(well.status()).isEqualTo(Health.Status.OK);
        assertThat(up(well).breaker()).isEqualTo("closed");
        assertThat(memory.store("u", "k", "v", Map.of()).report().durability()).isEqualTo(Durability.REPLICATED);
    }

    @Test
    void healthIsDownWhenNothingWorksAndDoesNotWaitForAHungBackendForEver() {
        UnifiedMemory memory = both(SHORT);
        local.fail(100, Kind.BROKEN);
        upstream.hang();
        Health health = memory.health();
        assertThat(health.status()).isEqualTo(Health.Status.DOWN);
        assertThat(up(health).detail()).contains("did not answer");
    }

    @Test
    void aCallerThatIsInterruptedStopsAndSoDoesWhatItAsked() throws InterruptedException {
        UnifiedMemory memory = both(LONG);
        upstream.hang();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread caller = new Thread(() -> {
            try {
                search(memory, "x", 1);
            } catch (CancellationException e) {
                thrown.set(e);
            }
            done.countDown();
        });
        caller.start();
        upstream.awaitWaiting();
        caller.interrupt();
        done.await();
        upstream.awaitInterrupted();
        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    }

    // Policies

    @Test
    void theFreshestCopyOfAllCounts() {
        UnifiedMemory memory = withPolicies(MemoryOptions.Read.FRESHEST, MemoryOptions.Wait.ALL);
        memory.store("u", "k", "old", Map.of());
        HlcTimestamp newer = HlcTimestamp.atMillis(System.currentTimeMillis() + 1000);
        upstreamStore.store(foreign("k", "new").withVersion(newer));
        Retrieval retrieval = memory.retrieve("u", "k");
        assertThat(value(retrieval)).isEqualTo("new");
        assertThat(retrieval.source()).isEqualTo("up");
        assertThat(((Lookup.Found) localStore.retrieve("u", "k")).entry().value())
                .isEqualTo("new");

        upstreamStore.delete("u", "k", newer.next());
        assertThat(memory.retrieve("u", "k").lookup()).isEqualTo(new Lookup.Deleted(newer.next()));
        upstream.fail(100, Kind.UNAVAILABLE);
        Retrieval alone = memory.retrieve("u", "k");
        assertThat(alone.source()).isEqualTo("sqlite");
        assertThat(alone.problems()).containsOnlyKeys("up");
    }

    @Test
    void theFreshestCopyIsNeverThatOfABackendWithAPendingWrite() {
        UnifiedMemory memory = withPolicies(MemoryOptions.Read.FRESHEST, MemoryOptions.Wait.ALL);
        memory.store("u", "k", "old", Map.of());
        upstream.fail(3, Kind.UNAVAILABLE);
        memory.delete("u", "k", null);
        assertThat(memory.retrieve("u", "k").lookup()).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void aWriteThatWaitsForTheLocalDatabaseOnlyIsQueuedAndDeliveredInTheBackground() throws InterruptedException {
        UnifiedMemory memory = withPolicies(MemoryOptions.Read.PRIORITY, MemoryOptions.Wait.LOCAL);
        CountDownLatch gate = upstream.hang();
        memory.start();
        WriteReport report = memory.store("u", "k", "v", Map.of()).report();
        assertThat(report.durability()).isEqualTo(Durability.QUEUED);
        assertThat(report.outcomes()).containsEntry("sqlite", Outcome.STORED).containsEntry("up", Outcome.QUEUED);
        assertThat(report.errors()).isEmpty();
        assertThat(memory.delete("u", "other", null).report().durability()).isEqualTo(Durability.QUEUED);
        upstream.awaitWaiting();
        upstream.recover();
        gate.countDown();
        Health health = memory.health();
        while (Objects.requireNonNull(up(health).backlog()).pending() > 0) {
            health = memory.health();
        }
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void aWriteThatTheLocalDatabaseRefusesWaitsForTheOthersWhateverThePolicy() {
        UnifiedMemory memory = withPolicies(MemoryOptions.Read.PRIORITY, MemoryOptions.Wait.LOCAL);
        local.fail(100, Kind.BROKEN);
        assertThat(memory.store("u", "k", "v", Map.of()).report().durability()).isEqualTo(Durability.UNPROTECTED);
    }

    @Test
    void withoutLocalMemoriesASearchSaysWhatItMayLack() {
        UnifiedMemory memory = open(UnifiedMemory.builder()
                .primary("sqlite", primary(), new BackendOptions(false, 1, LONG, 2))
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 0)));
        memory.store("u", "k", "v", Map.of());
        assertThat(search(memory, "v", 10).problems()).isEmpty();
        upstream.fail(1, Kind.UNAVAILABLE);
        memory.store("u", "other", "v", Map.of());
        assertThat(search(memory, "v", 10).problems()).containsOnlyKeys("outbox");
        assertThat(memory.list(new ListRequest("u", null, 10)).problems().get("outbox"))
                .contains("not confirmed by up");
        assertThat(memory.list(new ListRequest("another", null, 10)).problems()).isEmpty();
    }

    private UnifiedMemory withPolicies(MemoryOptions.Read reads, MemoryOptions.Wait waits) {
        return open(UnifiedMemory.builder()
                .options(new MemoryOptions(reads, waits, Duration.ofDays(30)))
                .primary("sqlite", primary(), BackendOptions.LOCAL)
                .replica("up", upstream, new BackendOptions(true, 2, LONG, 2)));
    }

    private UnifiedMemory both(Duration upstreamTimeout) {
        return open(UnifiedMemory.builder()
                .primary("sqlite", primary(), BackendOptions.LOCAL)
                .replica("up", upstream, new BackendOptions(true, 2, upstreamTimeout, 2)));
    }

    private UnifiedMemory memoryAt(Instant now) {
        return open(UnifiedMemory.builder()
                .clock(Clock.fixed(now, ZoneOffset.UTC))
                .primary("sqlite", primary(), BackendOptions.LOCAL)
                .replica("up", upstream, BackendOptions.UPSTREAM));
    }

    private FaultyStore primary() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("outbox.db")));
        databases.add(database);
        return new FaultyStore(local, new SqliteStore(database));
    }

    private UnifiedMemory open(UnifiedMemory.Builder builder) {
        UnifiedMemory memory = builder.order(
                        CallOrder.ofOneClient(() -> waits.addAndGet(Thread.currentThread() == test ? 1 : 0)))
                .build();
        opened.add(memory);
        return memory;
    }

    private static Health.Backend up(Health health) {
        return Objects.requireNonNull(health.backends().get("up"));
    }

    private static MemoryEntry foreign(String key, String value) {
        return new MemoryEntry("u", key, value, Map.of(), null, null, HlcTimestamp.NONE);
    }

    private static String value(Retrieval retrieval) {
        return ((Lookup.Found) retrieval.lookup()).entry().value();
    }

    private static SearchResult search(UnifiedMemory memory, String query, int limit) {
        return memory.search(new SearchRequest("u", Query.of(query), limit), AlreadyShown.NOTHING);
    }

    private static List<String> keys(SearchResult result) {
        return result.hits().stream().map(hit -> hit.entry().key()).toList();
    }
}
