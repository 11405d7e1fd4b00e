package io.unifiedmemory.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.launch.LogLimit.Admission;
import io.unifiedmemory.launch.LogLimit.Verdict;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogLimitTest {

    private final AtomicLong nanos = new AtomicLong();
    private final LogLimit limit = new LogLimit(nanos::get);

    @Test
    void aFloodIsCutOffOnceAndCounted() {
        long written = 0;
        int said = 0;
        for (int i = 0; i < 100_000; i++) {
            Verdict verdict = limit.admit("flood", 1000).verdict();
            written += verdict == Verdict.WRITE ? 1000 : 0;
            said += verdict == Verdict.SAY_MORE ? 1 : 0;
        }

        assertThat(written).isLessThanOrEqualTo(LogLimit.BURST);
        assertThat(said).isEqualTo(1);
        elapse(1);
        Admission next = limit.admit("flood", 1000);
        assertThat(next.verdict()).isEqualTo(Verdict.WRITE);
        assertThat(next.leftOut()).isEqualTo(100_000 - written / 1000);
        assertThat(limit.admit("flood", 1000)).isEqualTo(new Admission(Verdict.SAY_MORE, 0));
    }

    @Test
    void oneLoggerTakesNothingFromAnother() {
        exhaust("flood");

        assertThat(limit.admit("other", 100)).isEqualTo(new Admission(Verdict.WRITE, 0));
    }

    @Test
    void whatIsLargerThanAnyAllowanceIsWrittenAfterAPause() {
        exhaust("flood");
        assertThat(limit.admit("flood", 1 << 20).verdict()).isEqualTo(Verdict.SAY_MORE);
        elapse(3600);

        assertThat(limit.admit("flood", 1 << 20).verdict()).isEqualTo(Verdict.WRITE);
    }

    @Test
    void inventedLoggersShareOneAllowance() {
        for (int i = 0; i < 2000; i++) {
            limit.admit("logger " + i, 1);
        }
        for (long chars = 0; chars < LogLimit.BURST; chars += 1024) {
            limit.admit("one of too many", 1024);
        }

        assertThat(limit.admit("another", 1000).verdict()).isNotEqualTo(Verdict.WRITE);
        assertThat(limit.admit("logger 1", 1000).verdict()).isEqualTo(Verdict.WRITE);
    }

    private void exhaust(String logger) {
        for (int i = 0; i < LogLimit.BURST / 1024; i++) {
            assertThat(limit.admit(logger, 1024).verdict()).isEqualTo(Verdict.WRITE);
        }
    }

    private void elapse(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }
}
