package io.unifiedmemory.unified.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import io.unifiedmemory.unified.calls.BackendObserver;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Deletes: how long they are remembered, and what a cleanup spares. */
class SweeperTest extends SyncSteps {

    @Test
    void aCleanupSparesAWriteThatItsBackendHasYetToGet() {
        Instant longAgo = clock.instant().minus(Duration.ofDays(60));
        MemoryEntry old = new MemoryEntry(
                "u", "k", "old", Map.of(), longAgo, longAgo, HlcTimestamp.atMillis(longAgo.toEpochMilli()));
        upstreamStore.store(old);
        upstream.fail(1, Kind.UNAVAILABLE);
        writes.store(draft("k", "today"));
        clock.advance(Duration.ofMinutes(1));
        upstreamStore.expire("u", clock.instant().minus(RETENTION), HlcTimestamp.atMillis(clock.millis()));
        deliverAll();
        assertThat(value("k")).isEqualTo("today");
        assertThat(memories.retrieve("u", "k")).isEqualTo(upstreamStore.retrieve("u", "k"));
    }

    @Test
    void aStoreThatMayStillArriveFindsWhatACleanupDeletedMeanwhile() {
        Instant longAgo = clock.instant().minus(Duration.ofDays(60));
        MemoryEntry old = new MemoryEntry(
                "u", "k", "old", Map.of(), longAgo, longAgo, HlcTimestamp.atMillis(longAgo.toEpochMilli()));
        upstream.fail(2, Kind.UNAVAILABLE);
        writes.replicate(old);
        writes.expire("u", clock.instant().minus(RETENTION), null);
        deliverAll();
        upstreamStore.store(old);
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatACleanupDeletedIsRememberedAsLongAsWhatAPersonDeleted() {
        Instant longAgo = clock.instant().minus(Duration.ofDays(60));
        writes.replicate(new MemoryEntry(
                "u", "k", "old", Map.of(), longAgo, longAgo, HlcTimestamp.atMillis(longAgo.toEpochMilli())));
        writes.expire("u", clock.instant().minus(RETENTION), null);
        assertThat(sweep()).isZero();
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        clock.advance(RETENTION.plusMinutes(1));
        assertThat(sweep()).isEqualTo(1);
    }

    @Test
    void aDeleteIsForgottenWhenItIsOldAndConfirmedByAll() {
        writes.store(draft("k", "v"));
        writes.delete("u", "k", null, false);
        writes.deleteAll("other", null, false);
        clock.advance(RETENTION.minusMillis(1));
        assertThat(sweep()).isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(sweep()).isEqualTo(2);
        assertThat(memories.retrieve("u", "k")).isEqualTo(Lookup.MISSING);
        assertThat(memories.retrieve("other", "k")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void aDeleteThatABackendHasNotConfirmedStaysHoweverOldItIs() {
        for (String user : List.of("u", "all", "old")) {
            memories.store(new MemoryEntry(
                    user,
                    "k",
                    "v",
                    Map.of(),
                    clock.instant(),
                    clock.instant(),
                    HlcTimestamp.atMillis(clock.millis() - 1)));
        }
        upstream.fail(3, Kind.UNAVAILABLE);
        writes.delete("u", "k", null, false);
        writes.deleteAll("all", null, false);
        writes.expire("old", clock.instant().plusSeconds(1), null);
        clock.advance(Duration.ofDays(400));
        assertThat(sweep()).isZero();
        up.check();
        deliverAll();
        assertThat(sweep()).isEqualTo(3);
    }

    @Test
    void aDeleteThatADeadLetterIsAboutStays() {
        upstream.fail(1, Kind.REJECTED);
        writes.delete("u", "k", null, false);
        clock.advance(Duration.ofDays(400));
        assertThat(sweep()).isZero();
        memories.outboxAdmin().drop("up");
        assertThat(sweep()).isEqualTo(1);
    }

    @Test
    void whileABackendIsDisabledNoDeleteIsForgotten() {
        writes.delete("u", "k", null, false);
        clock.advance(Duration.ofDays(400));
        BackendHandle disabled = BackendHandle.replica(
                "off", upstream, new BackendOptions(false, 3, TIMEOUT, 0), BackendObserver.NONE, this::breaker);
        BackendHandles handles = new BackendHandles(List.of(
                BackendHandle.primary("sqlite", memories, BackendOptions.LOCAL, BackendObserver.NONE, this::breaker),
                up,
                disabled));
        Sweeper cautious = new Sweeper(handles, memories, expired -> {}, RETENTION, clock);
        assertThat(cautious.sweep(() -> true)).isZero();
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    /** It cannot be told from a clock that is wrong, and what is forgotten does not come back. */
    @Test
    void nothingIsForgottenSoonAfterTheClockHasLeaptAhead() {
        memories.delete("u", "k", HlcTimestamp.atMillis(clock.millis()));
        clock.advance(Duration.ofDays(31));
        relay.deliverBatches();
        relay.upkeep();
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.leases().isDue("sweep", Duration.ofHours(6)))
                .as("another process may")
                .isTrue();
    }

    @Test
    void manyOldDeletesAreForgottenInSteps() {
        for (int i = 0; i < 1201; i++) {
            memories.delete("u", "k" + i, HlcTimestamp.atMillis(clock.millis()));
        }
        clock.advance(Duration.ofDays(31));
        assertThat(sweep()).isEqualTo(1201);
    }

    private MemoryEntry expiring(String key, Instant expiresAt) {
        return draft(key, "v").with(expiresAt, null);
    }

    @Test
    void whatHasExpiredIsDeletedEverywhere() {
        Instant soon = clock.instant().plusSeconds(60);
        writes.store(expiring("k", soon));
        writes.store(draft("kept", "v"));
        assertThat(((Lookup.Found) upstreamStore.retrieve("u", "k")).entry().expiresAt())
                .isEqualTo(soon);
        clock.advance(Duration.ofSeconds(60).minusMillis(1));
        assertThat(sweeper.expire(() -> true)).isZero();
        clock.advance(Duration.ofMillis(1));

        assertThat(sweeper.expire(() -> true)).isEqualTo(1);

        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(upstreamStore.retrieve("u", "k")).isEqualTo(memories.retrieve("u", "k"));
        assertThat(upstreamStore.retrieve("u", "kept")).isInstanceOf(Lookup.Found.class);
        assertThat(sweeper.expire(() -> true)).isZero();
    }

    @Test
    void whatWasStoredAnewElsewhereSurvivesTheEndOfWhatItReplaced() {
        writes.store(expiring("k", clock.instant().plusSeconds(1)));
        clock.advance(Duration.ofSeconds(2));
        upstreamStore.store(draft("k", "anew").withVersion(HlcTimestamp.atMillis(clock.millis())));
        clock.advance(Duration.ofSeconds(2));

        assertThat(sweeper.expire(() -> true)).isEqualTo(1);
        deliverAll();

        assertThat(value("k")).isEqualTo("anew");
    }

    @Test
    void aServerThatKnowsNoExpiryHasNotDriftedForThat() {
        writes.store(expiring("k", clock.instant().plusSeconds(60)));
        MemoryEntry held = ((Lookup.Found) memories.retrieve("u", "k")).entry();
        upstreamStore.forget("u", "k");
        upstreamStore.store(held.with(null, null));

        assertThat(reconciler
                        .reconcile(up, Reconciler.Mode.ROUTINE, Set.of(), (user, compared) -> {})
                        .isNone())
                .isTrue();
        assertThat(memories.retrieve("u", "k")).isEqualTo(new Lookup.Found(held));
    }

    @Test
    void theRelaysUpkeepDeletesWhatHasExpired() {
        writes.store(expiring("k", clock.instant().plusSeconds(1)));
        clock.advance(Duration.ofSeconds(1));
        relay.upkeep();
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void manyThatHaveExpiredAreDeletedInOneRun() {
        for (int i = 0; i < 1201; i++) {
            memories.store(new MemoryEntry(
                    "u",
                    "k" + i,
                    "v",
                    Map.of(),
                    clock.instant(),
                    clock.instant(),
                    HlcTimestamp.atMillis(clock.millis()),
                    clock.instant(),
                    null));
        }
        assertThat(sweeper.expire(() -> true)).isEqualTo(1201);
    }

    private long sweep() {
        awaitConfirmations();
        return sweeper.sweep(() -> true);
    }
}
