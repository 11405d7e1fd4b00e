package io.unifiedmemory.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitersTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
    private final RateLimiter rate = new RateLimiter(10, now::get);

    private int taken(String principal) {
        int count = 0;
        while (rate.take(principal).isZero()) {
            count++;
        }
        return count;
    }

    @Test
    void twoSecondsWorthMayComeAtOnceAndThenAsMuchAsTimeBrings() {
        assertThat(taken("a")).isEqualTo(20);
        now.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(taken("a")).isEqualTo(5);
        now.addAndGet(Duration.ofDays(1).toNanos());
        assertThat(taken("a")).isEqualTo(20);
    }

    @Test
    void whoIsRefusedLearnsWhenToComeAgainAndPaysNothing() {
        taken("a");
        assertThat(rate.take("a")).isEqualTo(Duration.ofMillis(100));
        now.addAndGet(Duration.ofMillis(99).toNanos());
        assertThat(rate.take("a")).isPositive();
        now.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(rate.take("a")).isZero();
    }

    @Test
    void whatOneTakesIsNotMissingToAnother() {
        taken("a");
        assertThat(taken("b")).isEqualTo(20);
    }

    @Test
    void manyPrincipalsAreNotRememberedForEver() {
        taken("kept");
        for (int i = 0; i < 30_000; i++) {
            rate.take("p" + i);
            now.addAndGet(Duration.ofMillis(1).toNanos());
        }
        assertThat(rate.size()).isLessThan(15_000);
    }

    @Test
    void onlySoManyAreUnderWayAtOnceForEach() {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);
        assertThat(limiter.enter("a")).isTrue();
        assertThat(limiter.enter("a")).isTrue();
        assertThat(limiter.enter("a")).isFalse();
        assertThat(limiter.enter("b")).isTrue();
        limiter.leave("a");
        assertThat(limiter.enter("a")).isTrue();
        assertThat(limiter.enter("a")).isFalse();
    }

    @Test
    void oneMayHoldAQuarterAndAllTogetherTheWhole() {
        ByteBudget budget = new ByteBudget(100);
        assertThat(budget.take("eve", 20)).isTrue();
        assertThat(budget.take("eve", 6)).as("more than a quarter").isFalse();
        assertThat(budget.take("eve", 5)).isTrue();
        for (String other : List.of("anna", "bob", "carol")) {
            assertThat(budget.take(other, 25)).isTrue();
        }
        assertThat(budget.take("dave", 1)).as("all is held").isFalse();
        assertThat(budget.take(null, 1)).as("all is held").isFalse();
        budget.give("eve", 20);
        assertThat(budget.take("dave", 20)).isTrue();
        assertThat(budget.held()).isEqualTo(100);
    }

    @Test
    void whatIsLargerThanAShareFitsAlone() {
        ByteBudget budget = new ByteBudget(100);
        assertThat(budget.take("anna", 500)).as("nothing else is held").isTrue();
        assertThat(budget.take("bob", 1)).isFalse();
        budget.give("anna", 500);
        assertThat(budget.take("bob", 10)).isTrue();
        assertThat(budget.take("anna", 60))
                .as("more than a share, but nothing else is held for her")
                .isTrue();
        assertThat(budget.take("anna", 1)).isFalse();
    }

    @Test
    void whoCannotBeToldFromOthersHasTheWhole() {
        ByteBudget budget = new ByteBudget(100);
        assertThat(budget.take(null, 60)).isTrue();
        assertThat(budget.take(null, 41)).isFalse();
        assertThat(budget.take(null, 40)).isTrue();
    }
}
