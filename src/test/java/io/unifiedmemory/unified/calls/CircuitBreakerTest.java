package io.unifiedmemory.unified.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.unified.calls.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private final Deque<Runnable> scheduled = new ArrayDeque<>();
    private final List<Duration> delays = new ArrayList<>();
    private boolean well;
    private int closings;
    private final CircuitBreaker breaker = new CircuitBreaker(
            (delay, task) -> {
                delays.add(delay);
                scheduled.add(task);
            },
            () -> well,
            () -> closings++);

    @Test
    void opensAfterThreeFailuresInARow() {
        breaker.failure(false);
        breaker.failure(false);
        assertThat(breaker.permits()).isTrue();
        breaker.failure(false);
        assertThat(breaker.permits()).isFalse();
        assertThat(scheduled).hasSize(1);
    }

    @Test
    void aSuccessInBetweenStartsTheCountAnew() {
        breaker.failure(false);
        breaker.failure(false);
        breaker.success();
        breaker.failure(false);
        breaker.failure(false);
        assertThat(breaker.permits()).isTrue();
    }

    @Test
    void opensAtOnceAfterATimeoutSoThatAHungBackendCostsOne() {
        breaker.failure(true);
        assertThat(breaker.permits()).isFalse();
    }

    @Test
    void letsNobodyThroughUntilAProbeFoundTheBackendWell() {
        breaker.failure(true);
        scheduled.remove().run();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        well = true;
        scheduled.remove().run();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(scheduled).isEmpty();
        assertThat(closings).isEqualTo(1);
    }

    @Test
    void isHalfOpenWhileTheProbeIsUnderWay() {
        List<State> during = new ArrayList<>();
        Deque<Runnable> tasks = new ArrayDeque<>();
        CircuitBreaker[] self = new CircuitBreaker[1];
        self[0] = new CircuitBreaker((delay, task) -> tasks.add(task), () -> during.add(self[0].state()), () -> {});
        self[0].failure(true);
        tasks.remove().run();
        assertThat(during).containsExactly(State.HALF_OPEN);
        assertThat(self[0].state()).isEqualTo(State.CLOSED);
    }

    @Test
    void probesEverLessOftenUpToABound() {
        breaker.failure(true);
        for (int i = 0; i < 9; i++) {
            scheduled.remove().run();
        }
        assertThat(delays.get(0)).isBetween(Duration.ofMillis(750), Duration.ofMillis(1250));
        assertThat(delays.get(1)).isBetween(Duration.ofMillis(1500), Duration.ofMillis(2500));
        assertThat(delays.get(9)).isBetween(Duration.ofMillis(22_500), Duration.ofMillis(37_500));
    }

    @Test
    void oneFailureMoreWhileItIsOpenSchedulesNoSecondProbe() {
        breaker.failure(true);
        breaker.failure(true);
        assertThat(scheduled).hasSize(1);
    }

    @Test
    void aLateSuccessClosesItAndTheProbeThenDoesNothing() {
        breaker.failure(true);
        breaker.success();
        assertThat(breaker.permits()).isTrue();
        scheduled.remove().run();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(scheduled).isEmpty();
    }
}
