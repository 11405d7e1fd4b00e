package io.unifiedmemory.unified.reads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowanceTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final Allowance allowance = new Allowance(3, 10, now::get);

    @Test
    void someInARowAndThenSoManyASecond() {
        assertThat(taken(5)).isEqualTo(3);

        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
        assertThat(taken(1)).isZero();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(101));
        assertThat(taken(5)).isEqualTo(2);

        now.addAndGet(TimeUnit.DAYS.toNanos(1));
        assertThat(taken(5)).isEqualTo(3);
    }

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += allowance.take() ? 1 : 0;
        }
        return taken;
    }
}
