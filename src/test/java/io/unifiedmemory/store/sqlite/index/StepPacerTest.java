package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepPacerTest {

    private static final long QUICK = 100_000;
    private static final long SLOW = 5_000_000;
    private static final long FAIR = 1_500_000;

    private final StepPacer pacer = new StepPacer();

    @Test
    void itBeginsWithOne() {
        assertThat(pacer.size()).isEqualTo(1);
    }

    @Test
    void quickStepsGrowToABound() {
        for (int i = 0; i < 20; i++) {
            pacer.took(QUICK);
        }
        assertThat(pacer.size()).isEqualTo(64);
    }

    @Test
    void aSlowStepHalvesTheNextButLeavesOne() {
        pacer.took(QUICK);
        pacer.took(QUICK);
        assertThat(pacer.size()).isEqualTo(4);
        pacer.took(SLOW);
        assertThat(pacer.size()).isEqualTo(2);
        pacer.took(SLOW);
        pacer.took(SLOW);
        assertThat(pacer.size()).isEqualTo(1);
    }

    @Test
    void aFairStepChangesNothing() {
        pacer.took(QUICK);
        pacer.took(FAIR);
        assertThat(pacer.size()).isEqualTo(2);
    }
}
