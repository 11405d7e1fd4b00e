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
}
