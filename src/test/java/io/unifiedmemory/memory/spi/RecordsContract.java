package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.Tombstones.Tombstone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What else a store of record keeps: comparisons, remembered deletes, users, how far the clocks have been, its name.
 */
interface RecordsContract extends PrimaryStoreSteps {

    @Test
    default void aComparisonIsNotedForItsBackend() {
        ComparisonLog log = primary().comparisons();
        assertThat(log.comparedMillis(UP)).isNull();

        assertThat(log.note(UP, 1_000, log.incarnation())).isTrue();
        assertThat(log.comparedMillis(UP)).isEqualTo(1_000);
        assertThat(log.comparedMillis(OTHER)).isNull();

        assertThat(log.note(UP, 2_000, log.incarnation())).isTrue();
        assertThat(log.comparedMillis(UP)).isEqualTo(2_000);
    }

    @Test
    default void aComparisonWithAnotherIncarnationIsNotNoted() {
        ComparisonLog log = primary().comparisons();
        log.note(UP, 1_000, log.incarnation());

        assertThat(log.note(UP, 2_000, log.incarnation() + 1)).isFalse();
        assertThat(log.note(OTHER, 2_000, log.incarnation() + 1)).isFalse();

        assertThat(log.comparedMillis(UP)).isEqualTo(1_000);
        assertThat(log.comparedMillis(OTHER)).isNull();
    }

    @Test
    default void aDatabaseThatStaysInItsPlaceIsNotRestored() {
        ComparisonLog log = primary().comparisons();
        long incarnation = log.incarnation();
        assertThat(incarnation).isPositive();
        assertThat(log.isRestored(UP)).as("before it was compared").isFalse();

        log.note(UP, 1_000, incarnation);
        store("key", "value");

        assertThat(log.isRestored(UP)).isFalse();
        assertThat(log.isRestored(OTHER)).isFalse();
        assertThat(log.incarnation()).isEqualTo(incarnation);
    }

    @Test
    default void whatHasExpiredIsDueInTheOrderOfItsExpiry() {
        Instant now = Instant.parse("2126-01-31T18:30:00.123Z");
        MemoryEntry second = store(memory("b", "value").with(now, null));
        MemoryEntry first = store(memory("c", "value").with(now.minusMillis(1), null));
        store(memory("d", "value").with(now.plusMillis(1), null));
        store(memory("e", "value").with(now.minusMillis(1), null));
        backend().store(memory("e", "value without an end"));
        store(memory("f", "value").with(now.minusMillis(1), null));
        backend().delete(user(), "f", tick());

        assertThat(primary().expirations().due(now, 10).stream()
                        .filter(expired -> expired.userId().equals(user())))
                .containsExactly(
                        new Expirations.Expiring(user(), "c", first.version(), now.minusMillis(1)),
                        new Expirations.Expiring(user(), "b", second.version(), now));
        assertThat(primary().expirations().due(now, 1)).hasSize(1);
    }

    private HlcTimestamp deleted(String key) {
        HlcTimestamp version = tick();
        backend().delete(user(), key, version);
        return version;
    }

    private int forget(HlcTimestamp before) {
        return primary().tombstones().forget(before, 1000);
    }

    @Test
    default void deletesThatAreOlderAreForgotten() {
        deleted("older");
        HlcTimestamp newer = deleted("newer");
        store("kept", "value");

        assertThat(forget(newer)).isEqualTo(1);
        assertThat(lookup("older")).isEqualTo(Lookup.MISSING);
        assertDeleted("newer", newer);
        assertThat(lookup("kept")).isInstanceOf(Lookup.Found.class);

        assertThat(forget(tick())).isEqualTo(1);
        assertThat(forget(tick())).isZero();
    }

    @Test
    default void noMoreAreForgottenThanTheLimit() {
        for (int i = 0; i < 5; i++) {
            deleted("key " + i);
        }
        backend().deleteAll(user() + "2", tick());
        HlcTimestamp later = tick();

        List<Integer> forgotten = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            forgotten.add(primary().tombstones().forget(later, 2));
        }

        assertThat(forgotten).containsExactly(2, 2, 2, 0);
        assertThat(primary().users().users(null, 10)).isEmpty();
    }

    @Test
    default void aDeleteOfEverythingIsForgottenToo() {
        store("key", "value");
        HlcTimestamp version = tick();
        backend().deleteAll(user(), version);
        assertThat(forget(version)).isZero();
        assertDeleted("key", version);

        assertThat(forget(tick())).isEqualTo(1);

        assertThat(lookup("key")).isEqualTo(Lookup.MISSING);
    }

    /** It is remembered in the timestamp of the memory, which may be of long ago, and was made by the cleanup. */
    @Test
    default void whatACleanupDeletedIsAsOldAsTheCleanup() {
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        HlcTimestamp stored = store(updatedAt("key", cutoff.minusMillis(1))).version();
        HlcTimestamp between = tick();
        backend().expire(user(), cutoff, tick());

        assertThat(forget(between)).isZero();
        assertDeleted("key", stored);
        assertThat(forget(tick())).isEqualTo(1);
    }

    @Test
    default void aDeleteStaysWhileAnybodyIsOwedAnythingOfTheMemory() {
        HlcTimestamp version = deleted("key");
        backend().deleteAll(user() + "2", version);
        for (OutboxEntry owed : List.of(
                owed("long gone", Operation.STORE, user(), "key", tick()),
                owed(UP, Operation.DELETE_ALL, user(), "", tick()),
                expiring(Instant.EPOCH))) {
            owe(owed, owed(UP, Operation.STORE, user() + "2", "any", tick()));

            assertThat(forget(tick())).as("owed: " + owed.operation()).isZero();
            assertDeleted("key", version);
            primary().outboxAdmin().dropAll(UP);
            primary().outboxAdmin().dropAll("long gone");
        }
        OutboxEntry dead = owe(owed(Operation.STORE, "key"));
        primary().outbox().deadLetter(dead, "refused");
        owe(owed(Operation.STORE, "another"), owed(UP, Operation.STORE, user() + "2", "any", tick()));
        assertThat(forget(tick())).as("a dead letter").isZero();

        primary().outboxAdmin().drop(null);
        assertThat(forget(tick())).as("what is owed of another memory").isEqualTo(1);
        primary().outboxAdmin().dropAll(UP);
        assertThat(forget(tick())).isEqualTo(1);
    }

    @Test
    default void deletesAreListedPageByPage() {
        HlcTimestamp all = tick();
        backend().deleteAll(user(), all);
        store("kept", "value");
        List<Tombstone> expected = new ArrayList<>(List.of(new Tombstone(null, all)));
        for (String key : List.of("B", "a", "b", "\uFF5E", "\uD83D\uDE00")) {
            expected.add(new Tombstone(key, deleted(key)));
        }
        backend().delete(user() + "2", "another's", tick());

        assertThat(primary().tombstones().list(user(), null, 100)).isEqualTo(expected);
        for (int size = 1; size <= expected.size(); size++) {
            List<Tombstone> paged = new ArrayList<>();
            List<Tombstone> page;
            do {
                Tombstone last = paged.isEmpty() ? null : paged.get(paged.size() - 1);
                page = primary().tombstones().list(user(), last, size);
                assertThat(page).hasSizeLessThanOrEqualTo(size);
                paged.addAll(page);
            } while (page.size() == size);
            assertThat(paged).as("pages of " + size).isEqualTo(expected);
        }
        assertThat(primary().tombstones().list("nobody", null, 100)).isEmpty();
    }

    @Test
    default void usersAreThoseOfWhomThereIsAMemoryOrARememberedDelete() {
        String emoji = "\uD83D\uDE00";
        String wide = "\uFF5E";
        for (String one : List.of("b", emoji, "a", wide, "B")) {
            store(memory(one, "key", "value", Map.of()));
        }
        backend().delete("only deleted", "key", tick());
        backend().deleteAll("all deleted", tick());
        backend().retrieve("asked for", "key");
        List<String> all = List.of("B", "a", "all deleted", "b", "only deleted", wide, emoji);

        assertThat(primary().users().users(null, 100)).isEqualTo(all);
        assertThat(primary().users().users(null, 2)).isEqualTo(all.subList(0, 2));
        assertThat(primary().users().users("a", 3)).isEqualTo(all.subList(2, 5));
        assertThat(primary().users().users("c", 100)).isEqualTo(all.subList(4, 7));
        assertThat(primary().users().users(emoji, 100)).isEmpty();
    }

    @Test
    default void theHighWaterMarkIsWhatItWasLastChangedTo() {
        assertThat(primary().highWater().update(held -> held)).isEqualTo(Mark.NONE);
        Mark mark = new Mark(tick(), 5);

        assertThat(primary().highWater().update(held -> mark)).isEqualTo(mark);

        assertThat(primary().highWater().update(held -> held)).isEqualTo(mark);
    }

    @Test
    default void noChangeOfTheHighWaterMarkIsLost() throws Exception {
        advanceTogether(() -> primary().highWater().update(RecordsContract::advanced));

        assertThat(primary().highWater().update(held -> held)).isEqualTo(advanced(ConcurrencyContract.WRITES));
    }

    @Test
    default void noChangeOfTheHighWaterMarkInTransactionsIsLost() throws Exception {
        advanceTogether(() -> this.<Mark>commit(tx -> tx.highWater().update(RecordsContract::advanced)));

        assertThat(mark()).isEqualTo(advanced(ConcurrencyContract.WRITES));
    }

    private static void advanceTogether(Supplier<Mark> advance) throws Exception {
        ConcurrencyContract.together(thread -> {
            for (int i = 0; i < ConcurrencyContract.WRITES_PER_THREAD; i++) {
                assertThat(advancedAtLast(advance).newest()).isNotEqualTo(HlcTimestamp.NONE);
            }
        });
    }

    /** A change of the mark waits only shortly where others write; one that is refused has changed nothing. */
    private static Mark advancedAtLast(Supplier<Mark> advance) {
        while (true) {
            try {
                return advance.get();
            } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(BackendException.Kind.OVERLOADED);
            }
        }
    }

    private static Mark advanced(int times) {
        return new Mark(new HlcTimestamp(times), times);
    }

    private static Mark advanced(Mark held) {
        return new Mark(held.newest().next(), held.wallMillis() + 1);
    }

    @Test
    default void theHighWaterMarkIsThatOfTransactionsToo() {
        Mark outside = new Mark(tick(), 1);
        Mark inside = new Mark(tick(), 2);
        primary().highWater().update(held -> outside);

        assertThat(this.<Mark>commit(tx -> tx.highWater().update(held -> held))).isEqualTo(outside);
        commit(tx -> tx.highWater().update(held -> inside));

        assertThat(mark()).isEqualTo(inside);
    }

    @Test
    default void theDatabaseHasAName() {
        assertThat(primary().identity()).isNotBlank().isEqualTo(primary().identity());
        assertThat(primary().secret())
                .hasSizeGreaterThan(10)
                .isEqualTo(primary().secret())
                .isNotEqualTo(primary().identity());
    }
}
