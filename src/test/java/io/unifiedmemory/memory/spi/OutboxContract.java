package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The delivery of what is owed. */
interface OutboxContract extends PrimaryStoreSteps {

    @Test
    default void whatIsDueComesInTheOrderOfTheTimestamps() {
        OutboxEntry first = owed(Operation.STORE, "z");
        OutboxEntry second = owed(Operation.DELETE, "a");
        OutboxEntry third = owed(Operation.STORE, "k");
        OutboxEntry elsewhere = owed(OTHER, Operation.STORE, user(), "z", tick());

        owe(third, first, elsewhere, second);

        assertThat(due()).containsExactly(first, second, third);
        assertThat(primary().outbox().due(UP, now(), TRY_MILLIS, 2)).containsExactly(first, second);
        assertThat(primary().outbox().due("nobody", now(), TRY_MILLIS, 2)).isEmpty();
    }

    @Test
    default void whatWaitsForItsTimeIsNotDueBefore() {
        OutboxEntry later = owe(owed(Operation.STORE, "key").dueAt(now() + 1_000));

        assertThat(due()).isEmpty();
        clock().advance(Duration.ofMillis(999));
        assertThat(due()).isEmpty();
        clock().advance(Duration.ofMillis(1));
        assertThat(due()).containsExactly(later);
    }

    @Test
    default void aClockThatIsSetBackHoldsNothingUp() {
        OutboxEntry entry = owe(owed(Operation.STORE, "key").dueAt(now() + TRY_MILLIS));
        assertThat(due()).as("as long as a try may take").isEmpty();

        clock().advance(Duration.ofHours(-1));

        assertThat(due()).containsExactly(entry);
        assertThat(primary().outbox().claim(due(), now(), now() + TRY_MILLIS)).hasSize(1);
    }

    @Test
    default void deadLettersStayAndAreNotDue() {
        OutboxEntry dead = owe(owed(Operation.STORE, "dead"));
        OutboxEntry alive = owe(owed(Operation.STORE, "alive"));

        primary().outbox().deadLetter(dead, "too large");

        assertThat(due()).containsExactly(alive);
        assertThat(primary().outbox().claim(List.of(dead), now(), now() + TRY_MILLIS))
                .isEmpty();
        assertThat(primary().outboxAdmin().page(UP, null, 10))
                .satisfiesExactly(item -> assertThat(item.entry()).isEqualTo(alive), item -> {
                    assertThat(item.entry().version()).isEqualTo(dead.version());
                    assertThat(item.dead()).isTrue();
                    assertThat(item.error()).isEqualTo("too large");
                });
    }

    @Test
    default void whatIsClaimedIsNobodyElsesUntilItsTimeIsOver() {
        OutboxEntry entry = owe(owed(Operation.STORE, "key"));
        long busy = now() + 1_000;

        assertThat(primary().outbox().claim(List.of(entry), now(), busy)).containsExactly(entry.dueAt(busy));

        assertThat(due()).isEmpty();
        assertThat(primary().outbox().claim(List.of(entry), now(), busy)).isEmpty();
        assertThat(allOwed()).hasSize(1);
        assertThat(this.<Long>commit(tx -> tx.busyUntil(owed(Operation.STORE, "key"), tick())))
                .isEqualTo(busy);
        clock().advance(Duration.ofSeconds(1));
        assertThat(due()).containsExactly(entry.dueAt(busy));
        assertThat(primary().outbox().claim(due(), now(), now() + 1_000)).hasSize(1);
    }

    @Test
    default void whatWasReplacedOrConfirmedIsNotClaimed() {
        OutboxEntry replaced = owe(owed(Operation.STORE, "replaced"));
        OutboxEntry confirmed = owe(owed(Operation.STORE, "confirmed"));
        OutboxEntry left = owe(owed(Operation.STORE, "left"));
        OutboxEntry turned = owe(owed(Operation.STORE, "turned into a delete"));
        owe(owed(Operation.STORE, "replaced"), owed(UP, Operation.DELETE, user(), turned.key(), turned.version()));
        primary().outbox().acknowledge(List.of(confirmed));

        assertThat(primary().outbox().claim(List.of(replaced, confirmed, left, turned), now(), now() + 1))
                .containsExactly(left.dueAt(now() + 1));
    }

    @Test
    default void ofManyWhoClaimTheSameOneGetsIt() throws Exception {
        List<OutboxEntry> all = IntStream.range(0, 20)
                .mapToObj(i -> owed(Operation.STORE, "key " + i))
                .toList();
        owe(all.toArray(new OutboxEntry[0]));
        List<OutboxEntry> claimed = Collections.synchronizedList(new ArrayList<>());

        ConcurrencyContract.together(thread -> {
            for (OutboxEntry one : all) {
                claimed.addAll(primary().outbox().claim(List.of(one), now(), now() + TRY_MILLIS));
            }
        });

        assertThat(claimed).extracting(OutboxEntry::key).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    default void whatIsConfirmedIsStruckOffAndTheTimeIsNoted() {
        OutboxEntry one = owe(owed(Operation.STORE, "one"));
        OutboxEntry two = owe(owed(Operation.DELETE_ALL, ""));
        OutboxEntry elsewhere = owe(owed(OTHER, Operation.STORE, user(), "one", tick()));
        assertThat(primary().outboxAdmin().backlog(UP).confirmedMillis()).isNull();
        clock().advance(Duration.ofMinutes(1));

        primary().outbox().acknowledge(List.of(one, two));

        assertThat(allOwed()).isEmpty();
        assertThat(primary().outboxAdmin().backlog(UP).confirmedMillis()).isEqualTo(now());
        assertThat(primary().outboxAdmin().backlog(OTHER).confirmedMillis()).isNull();
        assertThat(primary().outboxAdmin().page(OTHER, null, 10))
                .extracting(OutboxAdmin.Item::entry)
                .containsExactly(elsewhere);
    }

    @Test
    default void whatIsNewerThanTheConfirmedOneStaysAndIsDueNowWhenItWaited() {
        OutboxEntry older = owe(owed(Operation.STORE, "key"));
        long busy = now() + TRY_MILLIS;
        List<OutboxEntry> claimed = primary().outbox().claim(List.of(older), now(), busy);
        OutboxEntry waits = owe(owed(Operation.STORE, "key").dueAt(busy));
        assertThat(due()).isEmpty();

        primary().outbox().acknowledge(claimed);

        assertThat(due()).containsExactly(waits.dueAt(now()));
        assertThat(primary().outbox().claim(due(), now(), busy)).hasSize(1);
    }

    @Test
    default void whatWaitsForSomethingElseGoesOnWaiting() {
        OutboxEntry older = owe(owed(Operation.STORE, "key"));
        List<OutboxEntry> claimed = primary().outbox().claim(List.of(older), now(), now() + TRY_MILLIS);
        OutboxEntry waits = owe(owed(Operation.STORE, "key").dueAt(now() + TRY_MILLIS + 1));

        primary().outbox().acknowledge(claimed);

        assertThat(due()).isEmpty();
        assertThat(allOwed()).containsExactly(waits);
    }

    @Test
    default void aTryInVainIsNotedAndWaits() {
        OutboxEntry entry = owe(owed(Operation.STORE, "key"));

        primary().outbox().postpone(entry, now() + 1_000, 0, "told to fail");
        assertThat(due()).isEmpty();
        assertThat(this.<Long>commit(tx -> tx.busyUntil(owed(Operation.STORE, "key"), tick())))
                .as("it cannot arrive any more")
                .isZero();
        primary().outbox().postpone(entry, now() + 2_000, 0, "told to fail again");
        clock().advance(Duration.ofSeconds(2));

        assertThat(due()).singleElement().satisfies(again -> {
            assertThat(again.attempts()).isEqualTo(2);
            assertThat(again.version()).isEqualTo(entry.version());
        });
        assertThat(primary().outboxAdmin().page(UP, null, 10))
                .singleElement()
                .satisfies(item -> assertThat(item.error()).isEqualTo("told to fail again"));
    }

    @Test
    default void whatIsSaidOfAnOlderOneLeavesTheNewerAlone() {
        OutboxEntry older = owe(owed(Operation.STORE, "key"));
        OutboxEntry newer = owe(owed(Operation.STORE, "key"));

        primary().outbox().postpone(older, now() + 1_000, now() + 1_000, "told to fail");
        primary().outbox().deadLetter(older, "told to fail");
        primary().outbox().acknowledge(List.of(older));

        assertThat(primary().outboxAdmin().page(UP, null, 10))
                .containsExactly(new OutboxAdmin.Item(newer, false, null));
    }

    @Test
    default void whenABackendIsBackWhatWasTriedInVainIsDueAtOnce() {
        OutboxEntry tried = owe(owed(Operation.STORE, "tried"));
        OutboxEntry underWay = owe(owed(Operation.STORE, "may still arrive"));
        OutboxEntry untried = owe(owed(Operation.STORE, "untried").dueAt(now() + 2_000));
        OutboxEntry elsewhere = owe(owed(OTHER, Operation.STORE, user(), "tried", tick()));
        primary().outbox().postpone(tried, now() + 2_000, 0, "told to fail");
        primary().outbox().postpone(underWay, now() + 2_000, now() + 1_000, "told to fail");
        primary().outbox().postpone(elsewhere, now() + 2_000, 0, "told to fail");
        assertThat(due()).isEmpty();

        primary().outbox().expedite(UP, now());

        assertThat(due()).extracting(OutboxEntry::key).containsExactly("tried");
        assertThat(primary().outbox().due(OTHER, now(), TRY_MILLIS, 10)).isEmpty();
        clock().advance(Duration.ofSeconds(1));
        assertThat(due()).extracting(OutboxEntry::key).containsExactly("tried", "may still arrive");
        clock().advance(Duration.ofSeconds(1));
        assertThat(due()).extracting(OutboxEntry::key).contains(untried.key());
    }
}
