package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Removal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Deleting one memory, all of a user, those of a certain age. */
interface RemovalContract extends ContractSteps {

    @Test
    default void aDeletedMemoryIsGone() {
        store("key", "value");
        MemoryEntry other = store("other", "value");
        HlcTimestamp deleted = tick();

        assertThat(backend().delete(user(), "key", deleted)).isEqualTo(new Removal(1, HlcTimestamp.NONE));

        assertDeleted("key", deleted);
        assertHolds(other);
        if (findsEverything()) {
            assertThat(found("value")).containsExactly("other");
        }
    }

    @Test
    default void aDeleteMayBeRepeated() {
        store("key", "value");
        HlcTimestamp deleted = tick();
        backend().delete(user(), "key", deleted);

        assertThat(backend().delete(user(), "key", deleted)).isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertDeleted("key", deleted);
    }

    @Test
    default void aDeleteOfNothingIsRememberedToo() {
        MemoryEntry late = memory("key", "arrives late");
        HlcTimestamp deleted = tick();

        assertThat(backend().delete(user(), "key", deleted)).isEqualTo(new Removal(0, HlcTimestamp.NONE));

        assertDeleted("key", deleted);
        if (keepsVersions()) {
            assertThat(backend().store(late)).isEqualTo(new Lookup.Deleted(deleted));
            assertDeleted("key", deleted);
        }
    }

    @Test
    default void anOlderStoreAfterADeleteStaysDeleted() {
        store("key", "value");
        MemoryEntry late = memory("key", "arrives late");
        HlcTimestamp deleted = tick();
        backend().delete(user(), "key", deleted);
        if (keepsVersions()) {
            assertThat(backend().store(late)).isEqualTo(new Lookup.Deleted(deleted));
            assertThat(backend().store(late.withVersion(deleted))).isEqualTo(new Lookup.Deleted(deleted));
        }
        assertDeleted("key", deleted);
    }

    @Test
    default void aDeleteMayComeAfterANewerDelete() {
        HlcTimestamp older = tick();
        HlcTimestamp newer = tick();
        backend().delete(user(), "key", newer);

        assertThat(backend().delete(user(), "key", older)).isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertDeleted("key", newer);
    }

    @Test
    default void aNewerStoreAfterADeleteBeginsAnew() {
        store("key", "before");
        backend().delete(user(), "key", tick());

        MemoryEntry after = store("key", "after");

        assertHolds(after);
        assertThat(backend().delete(user(), "key", tick())).isEqualTo(new Removal(1, HlcTimestamp.NONE));
    }

    @Test
    default void withoutVersionsADeleteIsForgotten() {
        assumeFalse(keepsVersions(), "the backend keeps versions");
        store("key", "value");

        backend().delete(user(), "key", tick());

        assertThat(lookup("key")).isEqualTo(Lookup.MISSING);
    }

    @Test
    default void anOlderDeleteSparesANewerMemoryAndSaysSo() {
        assumeDeclared(Capability.VERSIONS);
        HlcTimestamp older = tick();
        MemoryEntry newer = store("key", "newer");

        assertThat(backend().delete(user(), "key", older)).isEqualTo(new Removal(0, newer.version()));
        assertHolds(newer);
        assertThat(backend().delete(user(), "key", newer.version())).isEqualTo(new Removal(1, HlcTimestamp.NONE));
    }

    @Test
    default void deleteAllTakesEveryMemoryOfTheUserOnly() {
        assumeDeclared(Capability.LIST);
        store("one", "value");
        store("two", "value");
        MemoryEntry foreign = store(memory(user() + "2", "one", "value", Map.of()));
        HlcTimestamp deleted = tick();

        assertThat(backend().deleteAll(user(), deleted)).isEqualTo(new Removal(2, HlcTimestamp.NONE));

        assertDeleted("one", deleted);
        assertDeleted("two", deleted);
        assertHolds(foreign);
        assertThat(backend().deleteAll(user(), deleted)).isEqualTo(new Removal(0, HlcTimestamp.NONE));
    }

    @Test
    default void deleteOfOneKeyNeverMeansEverything() {
        MemoryEntry kept = store("key", "value");
        for (String name : HardTexts.names()) {
            backend().delete(user(), name, tick());
        }

        assertHolds(kept);
        assertHolds(store("late", "value"));
    }

    @Test
    default void deleteAllCoversOlderStoresOfAnyKeyThatArriveLater() {
        assumeDeclared(Capability.LIST);
        MemoryEntry late = memory("never seen before", "arrives late");
        HlcTimestamp deleted = tick();
        backend().deleteAll(user(), deleted);
        if (keepsVersions()) {
            assertThat(backend().store(late)).isEqualTo(new Lookup.Deleted(deleted));
        }
        assertDeleted("never seen before", deleted);
        assertHolds(store("never seen before", "newer"));
    }

    @Test
    default void deleteAllSparesNewerMemoriesAndNamesTheNewest() {
        assumeDeclared(Capability.VERSIONS);
        store("old", "value");
        HlcTimestamp deleted = tick();
        MemoryEntry newer = store("newer", "value");
        MemoryEntry newest = store("newest", "value");

        assertThat(backend().deleteAll(user(), deleted)).isEqualTo(new Removal(1, newest.version()));

        assertDeleted("old", deleted);
        assertHolds(newer);
        assertHolds(newest);
    }

    @Test
    default void theNewestOfSeveralDeletesCounts() {
        assumeDeclared(Capability.VERSIONS);
        HlcTimestamp one = tick();
        HlcTimestamp all = tick();
        HlcTimestamp two = tick();
        backend().delete(user(), "one", one);
        backend().delete(user(), "two", two);
        backend().deleteAll(user(), all);

        assertDeleted("one", all);
        assertDeleted("two", two);
        assertDeleted("three", all);
    }

    @Test
    default void expireTakesWhatWasLastUpdatedBeforeTheCutoff() {
        assumeDeclared(Capability.LIST);
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        MemoryEntry old = store(updatedAt("old", cutoff.minusMillis(1)));
        MemoryEntry onTheDot = store(updatedAt("on the dot", cutoff));
        MemoryEntry fresh = store("fresh", "value");
        MemoryEntry foreign = store(new MemoryEntry(
                user() + "2", "old", "value", Map.of(), cutoff.minusMillis(1), cutoff.minusMillis(1), tick()));
        HlcTimestamp expired = tick();

        assertThat(backend().expire(user(), cutoff, expired)).isEqualTo(new Removal(1, HlcTimestamp.NONE));

        assertDeleted("old", old.version());
        assertHolds(onTheDot);
        assertHolds(fresh);
        assertHolds(foreign);
        assertThat(backend().expire(user(), cutoff, expired)).isEqualTo(new Removal(0, HlcTimestamp.NONE));
        assertThat(backend().expire(user(), cutoff.plusNanos(1), expired)).isEqualTo(new Removal(1, HlcTimestamp.NONE));
    }

    @Test
    default void expireIsRememberedAndSparesNewerMemories() {
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        assumeDeclared(Capability.VERSIONS);
        MemoryEntry old = store(updatedAt("old", cutoff.minusMillis(1)));
        HlcTimestamp expired = tick();
        MemoryEntry newer = store(updatedAt("newer", cutoff.minusMillis(1)));

        assertThat(backend().expire(user(), cutoff, expired)).isEqualTo(new Removal(1, newer.version()));

        assertHolds(newer);
        assertThat(backend().store(old)).isEqualTo(new Lookup.Deleted(old.version()));
    }

    @Test
    default void whatWasStoredBeforeACleanupAndArrivesAfterItIsTaken() {
        assumeDeclared(Capability.LIST);
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        store(updatedAt("k", cutoff.minus(Duration.ofDays(1))));
        MemoryEntry late = memory("k", "stored elsewhere");
        assertThat(backend().expire(user(), cutoff, tick())).isEqualTo(new Removal(1, HlcTimestamp.NONE));
        backend().store(late);
        assertHolds(late);
    }

    private MemoryEntry updatedAt(String key, Instant time) {
        return new MemoryEntry(user(), key, "value", Map.of(), time, time, tick());
    }
}
