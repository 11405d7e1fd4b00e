package io.unifiedmemory.unified.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.unified.sync.Reconciler.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a comparison with a backend finds and settles. */
class ReconcilerTest extends SyncSteps {

    @Test
    void twoTextsOfOneVersionSettleToTheSameOnBothSides() {
        HlcTimestamp version = HlcTimestamp.atMillis(clock.millis());
        for (String key : List.of("a", "b", "c", "d")) {
            memories.store(draft(key, "here " + key).withVersion(version));
            upstreamStore.store(draft(key, "there " + key).withVersion(version));
        }
        reconcile(false);
        deliverAll();
        for (String key : List.of("a", "b", "c", "d")) {
            assertThat(memories.retrieve("u", key)).isEqualTo(upstreamStore.retrieve("u", key));
        }
        assertThat(reconcile(false).isNone()).isTrue();
    }

    @Test
    void whatTheUpstreamLostIsSentAgain() {
        writes.store(draft("kept", "v"));
        writes.store(draft("lost", "v"));
        upstreamStore.forget("u", "lost");
        assertThat(reconcile(true)).isEqualTo(new Drift(2, 1, 0, 0));
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
        assertThat(reconcile(false)).isEqualTo(new Drift(2, 1, 0, 0));
        deliverAll();
        assertThat(value("lost")).isEqualTo("v");
        assertThat(reconcile(false).isNone()).isTrue();
    }

    @Test
    void whatIsNewerThereIsTakenAndWhatIsNewerHereIsSent() {
        writes.store(draft("theirs", "old"));
        writes.store(draft("ours", "old"));
        HlcTimestamp newer = HlcTimestamp.atMillis(clock.millis() + 60_000);
        upstreamStore.store(draft("theirs", "new").withVersion(newer));
        upstreamStore.store(draft("only-theirs", "new").withVersion(newer));
        memories.store(draft("ours", "new").withVersion(newer));
        assertThat(reconcile(false)).isEqualTo(new Drift(3, 1, 0, 2));
        deliverAll();
        assertThat(value("ours")).isEqualTo("new");
        for (String key : List.of("theirs", "only-theirs", "ours")) {
            assertThat(memories.retrieve("u", key)).isEqualTo(upstreamStore.retrieve("u", key));
        }
    }

    @Test
    void aLookTellsOfEachDifferenceWithBothCopies() {
        for (String key : List.of("same", "lost", "ours", "theirs", "gone-here", "gone-there")) {
            writes.store(draft(key, "old"));
        }
        HlcTimestamp newer = HlcTimestamp.atMillis(clock.millis() + 60_000);
        upstreamStore.forget("u", "lost");
        memories.store(draft("ours", "new").withVersion(newer));
        upstreamStore.store(draft("theirs", "new").withVersion(newer));
        upstreamStore.store(draft("only-theirs", "new").withVersion(newer));
        memories.delete("u", "gone-here", newer);
        upstreamStore.delete("u", "gone-there", newer);
        List<String> told = new ArrayList<>();
        awaitConfirmations();
        Drift drift = reconciler.reconcile(
                up,
                Mode.LOOK,
                Set.of(),
                (user, compared) -> {},
                one -> told.add(one.backend() + " " + one.either().key() + " " + one.kind() + ": " + value(one.here())
                        + " and " + value(one.there())));
        assertThat(told)
                .containsExactly(
                        "up gone-here DELETED_THERE: none and old",
                        "up gone-there DELETED_HERE: old and none",
                        "up lost SENT: old and none",
                        "up only-theirs TAKEN: none and new",
                        "up ours SENT: new and old",
                        "up theirs TAKEN: old and new");
        assertThat(drift.count()).isEqualTo(told.size());
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    private static String value(@Nullable MemoryEntry copy) {
        return copy == null ? "none" : copy.value();
    }

    @Test
    void whatWasDeletedHereIsDeletedThereWhenAnOldFileIsAddedAgain() {
        writes.store(draft("k", "v"));
        MemoryEntry old = ((Lookup.Found) upstreamStore.retrieve("u", "k")).entry();
        writes.delete("u", "k", null, false);
        upstreamStore.forget("u", "k");
        upstreamStore.store(old);
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 1, 0));
        deliverAll();
        assertThat(upstreamStore.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Deleted.class);
    }

    @Test
    void aFailureNeverCountsAsMissing() {
        writes.store(draft("k", "v"));
        upstream.fail(1, Kind.UNAVAILABLE);
        assertThatThrownBy(() -> reconcile(false)).isInstanceOf(BackendException.class);
        assertThat(memories.outboxAdmin().page("up", null, 10)).isEmpty();
    }

    @Test
    void whatAnotherProgramWroteStaysWhereItIs() {
        writes.store(draft("k", "v"));
        upstreamStore.store(draft("foreign", "v"));
        assertThat(reconcile(false).isNone()).isTrue();
        assertThat(memories.retrieve("u", "foreign")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void aDeleteThatAnotherMachineMadeThereIsTaken() {
        writes.store(draft("k", "v"));
        writes.store(draft("l", "v"));
        HlcTimestamp deleted = HlcTimestamp.atMillis(clock.millis() + 60_000);
        upstreamStore.delete("u", "k", deleted);
        assertThat(reconcile(true)).isEqualTo(new Drift(2, 0, 0, 1));
        assertThat(reconcile(false)).isEqualTo(new Drift(2, 0, 0, 1));
        assertThat(memories.retrieve("u", "k")).isEqualTo(new Lookup.Deleted(deleted));
        upstreamStore.deleteAll("u", deleted);
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 1));
        assertThat(memories.retrieve("u", "l")).isEqualTo(new Lookup.Deleted(deleted));
        assertThat(reconcile(false).isNone()).isTrue();
    }

    @Test
    void whatABackendLostThatKnowsItIsPutBackByItself() {
        upstream.keepNoVersions();
        upstreamStore.unharmedSince = clock.instant();
        writes.store(draft("k", "v"));
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 0));
        upstreamStore.delete("u", "k", HlcTimestamp.atMillis(clock.millis())); // as another machine does
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 0));

        clock.advance(Duration.ofMinutes(1));
        upstreamStore.wipe();
        upstreamStore.unharmedSince = clock.instant();
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 1, 0, 0));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
    }

    @Test
    void whatHasGoneFromABackendWithoutVersionsIsPutBackOnceAndThenOnlyForAPerson() {
        upstream.keepNoVersions();
        writes.store(draft("k", "v"));
        upstreamStore.wipe();
        clock.advance(Duration.ofMinutes(1));
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 1, 0, 0));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        upstreamStore.wipe();
        assertThat(reconcile(false)).isEqualTo(new Drift(1, 0, 0, 0));
        assertThat(memories.retrieve("u", "k")).isInstanceOf(Lookup.Found.class);
        assertThat(reconciler.reconcile(up, Mode.RESTORE, List.of(), (user, compared) -> {}))
                .isEqualTo(new Drift(1, 1, 0, 0));
        deliverAll();
        assertThat(value("k")).isEqualTo("v");
        upstreamStore.wipe();
        writes.store(draft("k", "w"));
        assertThat(value("k")).isEqualTo("w");
    }

    @Test
    void whoIsNotKnownHereIsComparedWhenExpectedOrNamed() {
        for (String user : List.of("expected", "named", "somebody else")) {
            upstreamStore.store(new MemoryEntry(user, "k", "v", Map.of(), null, null, HlcTimestamp.atMillis(1000)));
        }
        assertThat(reconcile(false).takenHere()).isEqualTo(2);
        assertThat(memories.retrieve("expected", "k")).isInstanceOf(Lookup.Found.class);
        assertThat(memories.retrieve("named", "k")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void aBackendThatKeepsReturningIsComparedOnlySoOften() {
        assertThat(relay.compareOne()).isTrue();
        relay.onRecovered(up);
        assertThat(relay.compareOne()).isFalse();
        clock.advance(Relay.RECONCILE_AGAIN);
        assertThat(relay.compareOne()).isTrue();
        clock.advance(Relay.RECONCILE_AGAIN);
        assertThat(relay.compareOne()).isFalse();
    }

    @Test
    void aComparisonThatFailedCountsAsNone() {
        memories.store(draft("k", "v").withVersion(HlcTimestamp.atMillis(clock.millis())));
        upstream.fail(1, Kind.UNAVAILABLE);
        assertThat(relay.compareOne()).isTrue();
        assertThat(memories.comparisons().comparedMillis("up")).isNull();
        assertThat(relay.compareOne()).as("a pause before the next try").isFalse();
    }

    @Test
    void ofTwoProcessesOneComparesAtATime() {
        assertThat(memories.leases().acquire("reconcile up", "another", Relay.COMPARING))
                .isTrue();
        assertThat(relay.compareOne()).isFalse();
        clock.advance(Relay.COMPARING.plusMillis(1));
        assertThat(relay.compareOne()).isTrue();
    }

    @Test
    void manyPagesOfManyUsersAreCompared() {
        for (int i = 0; i < 1200; i++) {
            Instant now = clock.instant();
            memories.store(new MemoryEntry(
                    "user-" + i % 2, "k" + i, "v", Map.of(), now, now, HlcTimestamp.atMillis(clock.millis() + i)));
        }
        assertThat(reconcile(false)).isEqualTo(new Drift(1200, 1200, 0, 0));
        deliverAll();
        assertThat(reconcile(false)).isEqualTo(new Drift(1200, 0, 0, 0));
    }

    @Test
    void whatAnotherProgramKeepsUnderAKeyIsNoOlderCopyThatWouldBeReplaced() {
        upstream.keepNoVersions();
        writes.store(draft("k", "v"));
        clock.advance(Duration.ofHours(1));
        reconciler.reconcile(up, Mode.ROUTINE, Set.of("u"), (user, compared) -> {});
        upstreamStore.wipe(); // as another machine deletes what it has
        upstreamStore.store(new MemoryEntry("u", "k", "by another program", Map.of(), null, null, HlcTimestamp.NONE));

        Drift drift = reconciler.reconcile(up, Mode.ROUTINE, Set.of("u"), (user, compared) -> {});

        assertThat(drift.isNone()).isTrue();
    }

    private Drift reconcile(boolean dryRun) {
        awaitConfirmations();
        return reconciler.reconcile(up, dryRun ? Mode.LOOK : Mode.ROUTINE, List.of("named"), (user, compared) -> {});
    }
}
