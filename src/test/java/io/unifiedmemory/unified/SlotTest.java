package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.InMemoryBackend;
import org.junit.jupiter.api.Test;

class SlotTest {

    @Test
    void aCheckThatItsCallerGaveUpDoesNotHideWhyTheBackendFails() throws InterruptedException {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        Slot slot = new Slot(
                "slow",
                backend,
                SlotOptions.UPSTREAM,
                false,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
        backend.hang();
        Thread checking = new Thread(slot::check);
        checking.start();
        backend.awaitWaiting();

        slot.timedOut();
        checking.interrupt();
        checking.join();

        assertThat(slot.lastError()).startsWith("slow did not answer within");
    }

    @Test
    void whatIsStillStartingIsSaidToBeSoInsteadOfLeavingItOpenWhatACallDid() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        Slot slot = new Slot(
                "slow",
                backend,
                SlotOptions.UPSTREAM,
                false,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
        backend.starting("is still starting (2 s of at most 30)");

        assertThat(slot.timedOut().describe())
                .startsWith("slow is still starting (2 s of at most 30)")
                .contains("has not reached it")
                .doesNotContain("unknown");
        backend.starting(null);
        assertThat(slot.timedOut().describe()).contains("unknown");
    }
}
