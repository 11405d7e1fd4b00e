package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a transaction notes for others, and what takes whose place. */
interface OweContract extends PrimaryStoreSteps {

    @Test
    default void theNewerOfOneMemoryTakesThePlaceOfTheOlder() {
        OutboxEntry older = owed(Operation.STORE, "key");
        OutboxEntry newer = owed(Operation.DELETE, "key");

        owe(older);
        owe(newer);
        assertThat(allOwed()).containsExactly(newer);

        owe(older);
        assertThat(allOwed()).as("an older one that comes late").containsExactly(newer);
    }

    @Test
    default void eachBackendUserKeyAndScopeHasItsOwn() {
        HlcTimestamp version = tick();
        List<OutboxEntry> all = List.of(
                owed(UP, Operation.STORE, user(), "a", version),
                owed(UP, Operation.STORE, user(), "A", version),
                owed(UP, Operation.STORE, user() + "2", "a", version),
                owed(OTHER, Operation.STORE, user(), "a", version),
                expiring(Instant.EPOCH),
                owed(UP, Operation.DELETE_ALL, user() + "3", "", version));

        owe(all.toArray(new OutboxEntry[0]));

        assertThat(primary().outboxAdmin().page(UP, null, 10)).hasSize(5);
        assertThat(primary().outboxAdmin().page(OTHER, null, 10)).hasSize(1);
        assertThat(primary().pendingWrites().ofUser(user(), 10)).hasSize(4);
    }

    @Test
    default void ofADeleteAndAStoreOfOneTimestampTheDeleteStays() {
        for (boolean deleteFirst : List.of(true, false)) {
            String key = "key " + deleteFirst;
            HlcTimestamp version = tick();
            OutboxEntry store = owed(UP, Operation.STORE, user(), key, version);
            OutboxEntry delete = owed(UP, Operation.DELETE, user(), key, version);

            owe(deleteFirst ? delete : store, deleteFirst ? store : delete);

            assertThat(allOwed()).filteredOn(entry -> entry.key().equals(key)).containsExactly(delete);
        }
    }

    @Test
    default void ofTwoTextsOfOneTimestampTheOneStaysThatCounts() {
        MemoryEntry one = memory("key", "one");
        MemoryEntry two = memory("key", "two").withVersion(one.version()).withCreatedAt(one.createdAt());
        MemoryEntry alike = new MemoryEntry(
                two.userId(), "key", "two", two.metadata(), one.createdAt(), one.updatedAt(), one.version());
        MemoryEntry counts = WriteOrder.isNewer(alike, one) ? alike : one;

        owe(carrying(one), carrying(alike));
        assertThat(allOwed()).containsExactly(carrying(counts));

        owe(carrying(one));
        assertThat(allOwed()).containsExactly(carrying(counts));
        assertThat(primary().outboxAdmin().dropAll(UP)).isEqualTo(1);

        owe(carrying(alike), carrying(one));
        assertThat(allOwed()).as("in the other order").containsExactly(carrying(counts));
    }

    @Test
    default void whatTakesAPlaceIsAsIfItHadNeverBeenTried() {
        OutboxEntry older = owe(owed(Operation.STORE, "key"));
        primary().outbox().postpone(older, now() + 1_000_000, now() + 1_000_000, "told to fail");
        primary().outbox().deadLetter(older, "told to fail");
        OutboxEntry newer = owe(owed(Operation.STORE, "key"));

        assertThat(primary().outboxAdmin().page(UP, null, 10))
                .containsExactly(new OutboxAdmin.Item(newer, false, null));
        assertThat(due()).containsExactly(newer);
        assertThat(primary().outbox().claim(List.of(newer), now(), now() + TRY_MILLIS))
                .hasSize(1);
    }

    @Test
    default void aDeleteOfEverythingTakesThePlaceOfWhatIsOlderOfItsUser() {
        for (Operation all : List.of(Operation.DELETE_ALL, Operation.FORGET_ALL)) {
            owe(owed(Operation.STORE, "stored"), owed(Operation.DELETE, "deleted"), expiring(Instant.EPOCH));
            OutboxEntry earlier = owe(owed(Operation.DELETE_ALL, ""));
            OutboxEntry ofAnother = owed(OTHER, Operation.STORE, user(), "stored", tick());
            OutboxEntry ofAnotherUser = owed(UP, Operation.STORE, user() + "2", "stored", tick());
            OutboxEntry everything = owed(all, "");
            OutboxEntry newer = owed(Operation.STORE, "newer");
            assertThat(everything.version().isNewerThan(earlier.version())).isTrue();

            owe(ofAnother, ofAnotherUser, newer, everything);

            assertThat(allOwed()).containsExactlyInAnyOrder(ofAnotherUser, newer, everything);
            assertThat(primary().outboxAdmin().page(OTHER, null, 10)).hasSize(1);
            primary().outboxAdmin().dropAll(UP);
        }
    }

    /**
     * What another program keeps under the key is still to be deleted, which the delete of all memories does not do.
     */
    @Test
    default void aDeleteOfEverythingLeavesWhatForgets() {
        OutboxEntry forget = owed(Operation.FORGET, "key");
        OutboxEntry deleteAll = owed(Operation.DELETE_ALL, "");
        owe(forget, deleteAll);
        assertThat(allOwed()).containsExactly(forget, deleteAll);

        OutboxEntry forgetAll = owe(owed(Operation.FORGET_ALL, ""));
        assertThat(allOwed()).containsExactly(forgetAll);
    }

    private OutboxEntry permanent(Operation operation, String key, HlcTimestamp version) {
        return new OutboxEntry(UP, operation, user(), key, version, null, null, true, 0, now());
    }

    @Test
    default void aDeleteThatErasesIsNotLostToOneThatDoesNot() {
        OutboxEntry erase = owe(permanent(Operation.FORGET, "key", tick()));
        OutboxEntry all = owe(owed(Operation.FORGET_ALL, ""));
        assertThat(allOwed()).containsExactly(erase, all);
        assertThat(due()).containsExactly(erase, all);

        OutboxEntry plain = owe(owed(Operation.DELETE, "key"));
        OutboxEntry both = permanent(Operation.FORGET, "key", plain.version());
        assertThat(allOwed()).containsExactly(all, both);

        OutboxEntry eraseAll = owe(permanent(Operation.FORGET_ALL, "", tick()));
        assertThat(allOwed()).containsExactly(eraseAll);
        OutboxEntry allAgain = owe(owed(Operation.DELETE_ALL, ""));
        assertThat(allOwed()).containsExactly(permanent(Operation.FORGET_ALL, "", allAgain.version()));
    }

    @Test
    default void aStoreThatTakesThePlaceOfAnEntryThatErasesErases() {
        owe(permanent(Operation.FORGET, "key", tick()));
        OutboxEntry store = owe(owed(Operation.STORE, "key"));
        OutboxEntry both = permanent(Operation.STORE, "key", store.version());
        assertThat(allOwed()).containsExactly(both);
        assertThat(due()).containsExactly(both);
        assertThat(primary().retrieve(user(), "key")).isEqualTo(Lookup.MISSING);
        owe(owed(Operation.DELETE_ALL, ""));
        assertThat(allOwed()).as("what covers it does not erase").contains(both);

        MemoryEntry text = updatedAt("key", Instant.ofEpochMilli(1000));
        owe(carrying(text));
        MemoryEntry again = updatedAt("key", Instant.ofEpochMilli(1000));
        owe(carrying(again));
        assertThat(due())
                .contains(new OutboxEntry(
                        UP, Operation.STORE, user(), "key", again.version(), again, null, true, 0, now()));
        owe(expiring(Instant.ofEpochMilli(2000)));
        OutboxEntry deleted = permanent(Operation.DELETE, "key", again.version());
        assertThat(allOwed()).contains(deleted);

        primary().outbox().acknowledge(List.of(owed(UP, Operation.DELETE, user(), "key", again.version())));
        assertThat(allOwed()).as("confirmed by a delete that did not erase").contains(deleted);
        primary().outbox().acknowledge(List.of(deleted));
        assertThat(allOwed()).doesNotContain(deleted);
    }

    @Test
    default void aDeleteThatTakesThePlaceOfOneThatForgetsForgets() {
        owe(owed(Operation.FORGET, "key"), owed(Operation.FORGET_ALL, ""));
        primary().outboxAdmin().dropAll(UP);
        owe(owed(Operation.FORGET, "key"));
        OutboxEntry delete = owe(owed(Operation.DELETE, "key"));
        assertThat(allOwed()).containsExactly(owed(UP, Operation.FORGET, user(), "key", delete.version()));

        OutboxEntry store = owe(owed(Operation.STORE, "key"));
        assertThat(allOwed()).as("a store puts an end to that").containsExactly(store);

        owe(owed(Operation.FORGET_ALL, ""));
        OutboxEntry all = owe(owed(Operation.DELETE_ALL, ""));
        assertThat(allOwed()).containsExactly(owed(UP, Operation.FORGET_ALL, user(), "", all.version()));
    }

    @Test
    default void aCleanupTurnsTheStoresThatItCoversIntoDeletes() {
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        OutboxEntry old = carrying(updatedAt("old", cutoff.minusMillis(1)));
        OutboxEntry atTheCutoff = carrying(updatedAt("at the cutoff", cutoff));
        OutboxEntry timeless = carrying(new MemoryEntry(user(), "timeless", "v", Map.of(), null, null, tick()));
        OutboxEntry without = owed(Operation.STORE, "without its text");
        OutboxEntry cleanup = expiring(cutoff);
        OutboxEntry afterwards = carrying(updatedAt("written afterwards", cutoff.minusMillis(1)));

        owe(old, atTheCutoff, timeless, without, afterwards, cleanup);

        assertThat(allOwed())
                .containsExactlyInAnyOrder(
                        owed(UP, Operation.DELETE, user(), "old", old.version()),
                        atTheCutoff,
                        timeless,
                        without,
                        afterwards,
                        cleanup);
    }

    @Test
    default void aCleanupSparesOtherUsersAndOtherBackends() {
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        MemoryEntry old = updatedAt("old", cutoff.minusMillis(1));
        MemoryEntry ofAnother = new MemoryEntry(
                user() + "2", "old", "v", old.metadata(), old.createdAt(), old.updatedAt(), old.version());
        OutboxEntry elsewhere =
                new OutboxEntry(OTHER, Operation.STORE, user(), "old", old.version(), old, null, 0, now());

        owe(carrying(ofAnother), elsewhere, expiring(cutoff));

        assertThat(allOwed()).contains(carrying(ofAnother));
        assertThat(primary().outboxAdmin().page(OTHER, null, 10))
                .containsExactly(new OutboxAdmin.Item(elsewhere, false, null));
    }

    private long busyUntil(OutboxEntry next) {
        return busyUntil(next, HlcTimestamp.NONE);
    }

    private long busyUntil(OutboxEntry next, HlcTimestamp own) {
        return commit(tx -> tx.busyUntil(next, own));
    }

    @Test
    default void aWriteOfOneMemoryKeepsThoseBusyThatItMustNotMeet() {
        long until = now() + 1_000;
        OutboxEntry held = owe(owed(Operation.STORE, "key").dueAt(until));

        for (Operation next : List.of(Operation.STORE, Operation.DELETE, Operation.FORGET)) {
            assertThat(busyUntil(owed(next, "key"))).as(next + " of it").isEqualTo(until);
            assertThat(busyUntil(owed(next, "another")))
                    .as(next + " of another")
                    .isZero();
        }
        for (Operation next : List.of(Operation.DELETE_ALL, Operation.FORGET_ALL)) {
            assertThat(busyUntil(owed(next, ""))).as(next.name()).isEqualTo(until);
        }
        assertThat(busyUntil(expiring(Instant.EPOCH))).isEqualTo(until);
        assertThat(busyUntil(owed(UP, Operation.STORE, user() + "2", "key", tick())))
                .isZero();
        assertThat(busyUntil(owed(OTHER, Operation.STORE, user(), "key", tick())))
                .isZero();
        assertThat(busyUntil(owed(Operation.STORE, "key"), held.version()))
                .as("one that has ended does not count")
                .isZero();
    }

    @Test
    default void aWriteOfEverythingAndACleanupKeepAllOfTheUserBusy() {
        long until = now() + 1_000;
        for (OutboxEntry held : List.of(owed(Operation.DELETE_ALL, ""), expiring(Instant.EPOCH))) {
            owe(held.dueAt(until));

            assertThat(busyUntil(owed(Operation.STORE, "any"))).isEqualTo(until);
            assertThat(busyUntil(owed(Operation.DELETE_ALL, ""))).isEqualTo(until);
            assertThat(busyUntil(expiring(Instant.EPOCH))).isEqualTo(until);
            assertThat(busyUntil(owed(UP, Operation.STORE, user() + "2", "any", tick())))
                    .isZero();
            assertThat(primary().outboxAdmin().dropAll(UP)).isEqualTo(1);
        }
    }

    @Test
    default void theLastOneToEndCountsAndADeadLetterDoesNot() {
        OutboxEntry sooner = owed(Operation.STORE, "one").dueAt(now() + 1_000);
        OutboxEntry later = owed(Operation.STORE, "two").dueAt(now() + 2_000);
        owe(sooner, later);
        assertThat(busyUntil(owed(Operation.DELETE_ALL, ""))).isEqualTo(now() + 2_000);

        primary().outbox().deadLetter(later, "refused");
        assertThat(busyUntil(owed(Operation.DELETE_ALL, ""))).isEqualTo(now() + 1_000);

        primary().outbox().postpone(sooner, now() + 5_000, now() + 3_000, "told to fail");
        assertThat(busyUntil(owed(Operation.DELETE_ALL, "")))
                .as("a try that may still arrive")
                .isEqualTo(now() + 3_000);
    }
}
