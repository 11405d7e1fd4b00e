package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several stores on one database, as of several processes. */
interface SharedDatabaseContract extends PrimaryStoreSteps {

    private void beside(Consumer<PrimaryStore> steps) {
        PrimaryStore opened = openBeside();
        assumeTrue(opened != null, "no second store can be opened on the database");
        try (PrimaryStore second = Objects.requireNonNull(opened)) {
            steps.accept(second);
        }
    }

    @Test
    default void eachSeesWhatTheOtherWrote() {
        beside(second -> {
            MemoryEntry ours = store("ours", "value");
            MemoryEntry theirs = memory("theirs", "value");
            second.commit(new Subject(user(), "theirs"), tx -> {
                tx.owe(owed(Operation.STORE, "theirs"));
                return tx.store(theirs);
            });

            assertThat(second.retrieve(user(), "ours")).isEqualTo(new Lookup.Found(ours));
            assertHolds(theirs);
            assertThat(allOwed()).extracting(OutboxEntry::key).containsExactly("theirs");
            assertThat(second.users().users(null, 10)).containsExactly(user());
            assertThat(second.identity()).isEqualTo(primary().identity());
            assertThat(second.secret()).isEqualTo(primary().secret());
        });
    }

    @Test
    default void eachSeesWhatTheOtherDidWithTheOutbox() {
        OutboxEntry one = owe(owed(Operation.STORE, "one"));
        OutboxEntry two = owe(owed(Operation.STORE, "two"));
        beside(second -> {
            List<OutboxEntry> claimed = second.outbox().claim(List.of(one), now(), now() + TRY_MILLIS);
            assertThat(claimed).hasSize(1);
            assertThat(due()).containsExactly(two);

            second.outbox().acknowledge(claimed);
            assertThat(allOwed()).containsExactly(two);
            assertThat(primary().outboxAdmin().backlog(UP).confirmedMillis()).isEqualTo(now());
        });
    }

    @Test
    default void whatBothClaimOneGets() throws Exception {
        List<OutboxEntry> all = IntStream.range(0, 20)
                .mapToObj(i -> owed(Operation.STORE, "key " + i))
                .toList();
        owe(all.toArray(new OutboxEntry[0]));
        List<OutboxEntry> claimed = Collections.synchronizedList(new ArrayList<>());
        beside(second -> together(thread -> {
            PrimaryStore store = thread % 2 == 0 ? primary() : second;
            for (OutboxEntry one : all) {
                claimed.addAll(store.outbox().claim(List.of(one), now(), now() + TRY_MILLIS));
            }
        }));

        assertThat(claimed).extracting(OutboxEntry::key).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    default void theirChangesOfTheHighWaterMarkAreAllKept() {
        beside(second -> {
            together(thread -> {
                PrimaryStore store = thread % 2 == 0 ? primary() : second;
                for (int i = 0; i < ConcurrencyContract.WRITES_PER_THREAD; i++) {
                    store.highWater().update(SharedDatabaseContract::advanced);
                }
            });

            assertThat(second.highWater().update(held -> held).newest())
                    .isEqualTo(new HlcTimestamp(ConcurrencyContract.WRITES));
        });
    }

    @Test
    default void theirCommitsLoseNothing() {
        beside(second -> {
            together(thread -> {
                PrimaryStore store = thread % 2 == 0 ? primary() : second;
                for (int i = 0; i < ConcurrencyContract.WRITES_PER_THREAD; i++) {
                    store.commit(
                            new Subject(user(), null), tx -> tx.highWater().update(SharedDatabaseContract::advanced));
                }
            });

            assertThat(mark().newest()).isEqualTo(new HlcTimestamp(ConcurrencyContract.WRITES));
        });
    }

    private static Mark advanced(Mark held) {
        return new Mark(held.newest().next(), 0);
    }

    private static void together(ConcurrencyContract.Task task) {
        try {
            ConcurrencyContract.together(task);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void aLeaseOfOneIsNotTheOthers() {
        Duration length = Duration.ofMinutes(1);
        beside(second -> {
            assertThat(second.leases().acquire("deliver", "second", length)).isTrue();
            assertThat(primary().leases().acquire("deliver", "first", length)).isFalse();
            assertThat(primary().leases().isDue("sweep", length)).isTrue();
            assertThat(second.leases().isDue("sweep", length)).isFalse();

            second.leases().release("second");
            assertThat(primary().leases().acquire("deliver", "first", length)).isTrue();
        });
    }

    @Test
    default void whatOneComparedTheOtherKnows() {
        beside(second -> {
            second.comparisons().note(UP, 1_000, second.comparisons().incarnation());

            assertThat(primary().comparisons().comparedMillis(UP)).isEqualTo(1_000);
            assertThat(primary().comparisons().isRestored(UP)).isFalse();
        });
    }
}
