package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work that one process does at a time. */
interface LeasesContract extends PrimaryStoreSteps {

    Duration LENGTH = Duration.ofMinutes(1);

    private boolean acquire(String name, String holder) {
        return primary().leases().acquire(name, holder, LENGTH);
    }

    @Test
    default void aLeaseHasOneHolder() {
        assertThat(acquire("deliver", "one")).isTrue();
        assertThat(acquire("deliver", "two")).isFalse();
        assertThat(acquire("sweep", "two")).as("another lease").isTrue();
        assertThat(acquire("deliver", "one")).as("it has it already").isTrue();
    }

    @Test
    default void ofManyOneGetsIt() throws Exception {
        AtomicInteger got = new AtomicInteger();

        ConcurrencyContract.together(thread -> {
            if (acquire("deliver", "holder " + thread)) {
                got.incrementAndGet();
            }
        });

        assertThat(got).hasValue(1);
    }

    @Test
    default void aLeaseLapsesUnlessItIsRenewed() {
        acquire("deliver", "one");
        clock().advance(LENGTH.minusMillis(1));
        assertThat(acquire("deliver", "two")).isFalse();
        assertThat(acquire("deliver", "one")).as("renewed").isTrue();
        clock().advance(LENGTH.minusMillis(1));
        assertThat(acquire("deliver", "two")).isFalse();

        clock().advance(Duration.ofMillis(2));

        assertThat(acquire("deliver", "two")).isTrue();
        assertThat(acquire("deliver", "one")).isFalse();
    }

    @Test
    default void aClockThatIsSetBackDoesNotProlongALease() {
        acquire("deliver", "one");

        clock().advance(Duration.ofHours(-1));

        assertThat(acquire("deliver", "two")).isTrue();
    }

    @Test
    default void whatIsDoneOnceInAWhileIsDueForOneCallerInEachPeriod() {
        assertThat(primary().leases().isDue("sweep", LENGTH)).isTrue();
        assertThat(primary().leases().isDue("sweep", LENGTH)).isFalse();
        assertThat(primary().leases().isDue("something else", LENGTH)).isTrue();
        clock().advance(LENGTH.minusMillis(1));
        assertThat(primary().leases().isDue("sweep", LENGTH)).isFalse();

        clock().advance(Duration.ofMillis(2));

        assertThat(primary().leases().isDue("sweep", LENGTH)).isTrue();
        assertThat(primary().leases().isDue("sweep", LENGTH)).isFalse();
    }

    @Test
    default void aHolderGivesBackAllThatItHasAndNothingElse() {
        acquire("deliver", "one");
        acquire("sweep", "one");
        acquire("compare", "two");

        primary().leases().release("one");

        assertThat(acquire("deliver", "three")).isTrue();
        assertThat(acquire("sweep", "three")).isTrue();
        assertThat(acquire("compare", "three")).isFalse();
    }
}
