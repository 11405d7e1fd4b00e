package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.OutboxAdmin.Backlog;
import io.unifiedmemory.memory.spi.OutboxAdmin.Item;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The outbox as people see it. */
interface OutboxAdminContract extends PrimaryStoreSteps {

    private OutboxAdmin admin() {
        return primary().outboxAdmin();
    }

    @Test
    default void theBackendsAreThoseThatAreOwedSomethingByName() {
        assertThat(admin().backends()).isEmpty();

        owe(
                owed("zeta", Operation.STORE, user(), "key", tick()),
                owed("alpha", Operation.STORE, user(), "key", tick()),
                owed("alpha", Operation.STORE, user() + "2", "key", tick()),
                owed("Mid", Operation.STORE, user(), "key", tick()));

        assertThat(admin().backends()).containsExactly("Mid", "alpha", "zeta");
    }

    @Test
    default void theBacklogTellsWhatIsPendingAndWhatIsDead() {
        assertThat(admin().backlog(UP)).isEqualTo(new Backlog(0, null, 0, null));
        OutboxEntry dead = owed(Operation.STORE, "dead");
        OutboxEntry oldest = owed(Operation.STORE, "oldest");
        OutboxEntry confirmed = owed(Operation.STORE, "confirmed");
        owe(owed(Operation.STORE, "newest"), oldest, dead, confirmed);
        owe(owed(OTHER, Operation.STORE, user(), "key", tick()));

        primary().outbox().deadLetter(dead, "refused");
        primary().outbox().acknowledge(List.of(confirmed));

        assertThat(admin().backlog(UP))
                .isEqualTo(new Backlog(2, oldest.version().millis(), 1, now()));
    }

    @Test
    default void pagesGoFromTheOldestPendingToTheNewestDeadAndLeaveNothingOut() {
        HlcTimestamp together = tick();
        for (String key : List.of("b", "a", "c", "\uD83D\uDE00", "\uFF5E")) {
            owe(owed(UP, Operation.STORE, user(), key, together), owed(Operation.STORE, "later " + key));
            owe(owed(UP, Operation.STORE, user() + "2", key, together));
        }
        owe(owed(Operation.DELETE_ALL, "").dueAt(0), owed(OTHER, Operation.STORE, user(), "a", tick()));
        owe(owed(Operation.STORE, "after all"));
        for (OutboxEntry entry : due()) {
            if (entry.key().endsWith("a")) {
                primary().outbox().deadLetter(entry, "refused");
            }
        }

        List<Item> all = admin().page(UP, null, 1000);

        assertThat(all).extracting(Item::dead).isSorted();
        assertThat(all.stream().filter(item -> !item.dead()))
                .extracting(item -> item.entry().version())
                .isSorted();
        assertThat(all.stream().filter(Item::dead))
                .extracting(item -> item.entry().version())
                .isSorted();
        for (int limit : new int[] {1, 2, 3}) {
            assertThat(pageByPage(limit)).as("pages of " + limit).isEqualTo(all);
        }
        assertThat(all).hasSize(7).doesNotHaveDuplicates();
    }

    private List<Item> pageByPage(int limit) {
        List<Item> all = new ArrayList<>();
        List<Item> page = admin().page(UP, null, limit);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page);
            page = admin().page(UP, last(page), limit);
        }
        return all;
    }

    private static @Nullable Item last(List<Item> page) {
        return page.get(page.size() - 1);
    }

    private OutboxEntry dead(String backend, String key) {
        OutboxEntry entry = owe(owed(backend, Operation.STORE, user(), key, tick()));
        primary().outbox().deadLetter(entry, "refused");
        return entry;
    }

    @Test
    default void aRetryMakesAllOfOneBackendOrOfAnyDueAtOnce() {
        OutboxEntry postponed = owe(owed(Operation.STORE, "postponed"));
        primary().outbox().postpone(postponed, now() + 1_000, 0, "told to fail");
        dead(UP, "dead");
        dead(OTHER, "dead");
        dead(OTHER, "dead too");

        assertThat(admin().retry(UP)).isEqualTo(1);
        assertThat(due()).extracting(OutboxEntry::key).containsExactly("postponed", "dead");
        assertThat(primary().outbox().due(OTHER, now(), TRY_MILLIS, 10)).isEmpty();

        assertThat(admin().retry(null)).isEqualTo(2);
        assertThat(primary().outbox().due(OTHER, now(), TRY_MILLIS, 10)).hasSize(2);
        assertThat(admin().retry(null)).as("there are none any more").isZero();
    }

    @Test
    default void deadLettersAreDroppedAndWhatIsPendingStays() {
        OutboxEntry pending = owe(owed(Operation.STORE, "pending"));
        dead(UP, "dead");
        dead(OTHER, "dead");
        dead("third", "dead");

        assertThat(admin().drop(UP)).isEqualTo(1);
        assertThat(allOwed()).containsExactly(pending);
        assertThat(admin().backends()).containsExactly(OTHER, "third", UP);

        assertThat(admin().drop(null)).isEqualTo(2);
        assertThat(admin().backends()).containsExactly(UP);
        assertThat(admin().drop(null)).isZero();
    }

    @Test
    default void everythingThatIsOwedToOneIsDropped() {
        owe(owed(Operation.STORE, "pending"), owed(UP, Operation.DELETE_ALL, user() + "2", "", tick()));
        dead(UP, "dead");
        owe(owed(OTHER, Operation.STORE, user(), "key", tick()));

        assertThat(admin().dropAll(UP)).isEqualTo(3);

        assertThat(admin().backends()).containsExactly(OTHER);
        assertThat(admin().dropAll(UP)).isZero();
        clock().advance(Duration.ofDays(1));
        assertThat(due()).isEmpty();
    }
}
