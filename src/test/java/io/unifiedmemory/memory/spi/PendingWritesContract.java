package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is owed, for whoever reads. */
interface PendingWritesContract extends PrimaryStoreSteps {

    @Test
    default void whatMayConcernAMemoryIsItsOwnAndWhatIsOfAll() {
        OutboxEntry everything = owed(Operation.DELETE_ALL, "");
        OutboxEntry own = owed(Operation.STORE, "key");
        OutboxEntry another = owed(Operation.STORE, "another");
        OutboxEntry cleanup = expiring(Instant.EPOCH);
        OutboxEntry elsewhere = owed(OTHER, Operation.STORE, user(), "key", tick());
        OutboxEntry ofAnotherUser = owed(UP, Operation.STORE, user() + "2", "key", tick());
        owe(everything, own, another, cleanup, elsewhere, ofAnotherUser);

        assertThat(primary().pendingWrites().concerning(UP, user(), "key"))
                .containsExactlyInAnyOrder(everything, own, cleanup);
        assertThat(primary().pendingWrites().concerning(OTHER, user(), "key")).containsExactly(elsewhere);
        assertThat(primary().pendingWrites().concerning("nobody", user(), "key"))
                .isEmpty();

        primary().outbox().deadLetter(own, "refused");
        assertThat(primary().pendingWrites().concerning(UP, user(), "key"))
                .as("dead letters included")
                .extracting(OutboxEntry::version)
                .contains(own.version());
    }

    @Test
    default void theWritesOfAUserAreThoseToAnybody() {
        OutboxEntry one = owed(Operation.STORE, "key");
        OutboxEntry two = owed(OTHER, Operation.STORE, user(), "key", tick());
        OutboxEntry three = expiring(Instant.EPOCH);
        owe(three, one, two, owed(UP, Operation.STORE, user() + "2", "key", tick()));

        assertThat(primary().pendingWrites().ofUser(user(), 10)).containsExactlyInAnyOrder(one, two, three);
        assertThat(primary().pendingWrites().ofUser(user(), 2)).hasSize(2);
        assertThat(primary().pendingWrites().ofUser(user() + "3", 2)).isEmpty();
    }

    @Test
    default void theBackendsOfAUserAreThoseThatAreOwedAWrite() {
        assertThat(primary().pendingWrites().backends(user())).isEmpty();

        owe(
                owed(Operation.STORE, "key"),
                owed(Operation.STORE, "key2"),
                owed(OTHER, Operation.DELETE_ALL, user(), "", tick()),
                owed("third", Operation.STORE, user() + "2", "key", tick()));

        assertThat(primary().pendingWrites().backends(user())).containsExactlyInAnyOrder(OTHER, UP);
        assertThat(primary().pendingWrites().backends(user() + "2")).containsExactly("third");
    }

    private Lookup owedOf(String key) {
        return primary().pendingWrites().lookup(user(), key);
    }

    @Test
    default void theWritesTellWhatAMemoryIs() {
        assertThat(owedOf("key")).isEqualTo(Lookup.MISSING);

        MemoryEntry entry = memory("key", "value");
        owe(carrying(entry));
        assertThat(owedOf("key")).isEqualTo(new Lookup.Found(entry));
        assertThat(owedOf("another")).isEqualTo(Lookup.MISSING);

        OutboxEntry delete = owe(owed(OTHER, Operation.DELETE, user(), "key", tick()));
        assertThat(owedOf("key")).as("the newest to anybody").isEqualTo(new Lookup.Deleted(delete.version()));

        MemoryEntry again = memory("key", "again");
        owe(carrying(again));
        assertThat(owedOf("key")).isEqualTo(new Lookup.Found(again));
    }

    @Test
    default void ofADeleteAndAStoreOfOneTimestampTheDeleteTells() {
        MemoryEntry entry = memory("key", "value");
        owe(carrying(entry), owed(OTHER, Operation.DELETE, user(), "key", entry.version()));

        assertThat(owedOf("key")).isEqualTo(new Lookup.Deleted(entry.version()));
    }

    @Test
    default void whatIsOfAllTellsToo() {
        owe(carrying(memory("old", "value")));
        OutboxEntry everything = owe(owed(OTHER, Operation.FORGET_ALL, user(), "", tick()));
        MemoryEntry newer = memory("newer", "value");
        owe(carrying(newer));

        assertThat(owedOf("old")).isEqualTo(new Lookup.Deleted(everything.version()));
        assertThat(owedOf("never stored")).isEqualTo(new Lookup.Deleted(everything.version()));
        assertThat(owedOf("newer")).isEqualTo(new Lookup.Found(newer));
        assertThat(primary().pendingWrites().lookup(user() + "2", "old")).isEqualTo(Lookup.MISSING);
    }

    @Test
    default void aTextThatACleanupCoversIsDeletedInItsOwnTimestamp() {
        Instant cutoff = Instant.ofEpochMilli(tick().millis()).minus(Duration.ofDays(30));
        MemoryEntry old = updatedAt("old", cutoff.minusMillis(1));
        MemoryEntry young = updatedAt("young", cutoff);
        OutboxEntry cleanup = expiring(cutoff);
        // It comes late: the cleanup finds no store to turn into a delete.
        owe(cleanup, carrying(old), carrying(young));

        assertThat(owedOf("old")).isEqualTo(new Lookup.Deleted(old.version()));
        assertThat(owedOf("young")).isEqualTo(new Lookup.Found(young));
    }

    @Test
    default void aStoreWithoutItsTextIsReadAmongTheMemories() {
        MemoryEntry entry = store("key", "value");
        owe(owed(UP, Operation.STORE, user(), "key", entry.version()));

        assertThat(owedOf("key")).isEqualTo(new Lookup.Found(entry));
    }

    @Test
    default void theNewestIsThatOfAllWhoAreOwed() {
        assertThat(primary().pendingWrites().newest()).isEqualTo(HlcTimestamp.NONE);
        OutboxEntry older = owed(OTHER, Operation.STORE, user() + "2", "key", tick());
        OutboxEntry newer = owed(Operation.STORE, "key");
        owe(newer, older);
        assertThat(primary().pendingWrites().newest()).isEqualTo(newer.version());

        primary().outbox().deadLetter(newer, "refused");
        assertThat(primary().pendingWrites().newest())
                .as("dead letters included")
                .isEqualTo(newer.version());

        primary().outboxAdmin().drop(null);
        assertThat(primary().pendingWrites().newest()).isEqualTo(older.version());
    }
}
