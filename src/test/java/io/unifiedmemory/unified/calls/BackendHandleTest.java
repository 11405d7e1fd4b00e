package io.unifiedmemory.unified.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.unified.FaultyBackend;
import io.unifiedmemory.unified.calls.BackendHandle.Role;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackendHandleTest {

    @Test
    void aCheckThatItsCallerGaveUpDoesNotHideWhyTheBackendFails() throws InterruptedException {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle slot = new BackendHandle(
                "slow",
                backend,
                BackendOptions.UPSTREAM,
                Role.REPLICA,
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

        assertThat(slot.lastError()).isNotNull();
        assertThat(String.valueOf(slot.lastError())).contains("slow did not answer within");
    }

    @Test
    void aLocalDatabaseThatRefusedAWriteDoesNotWorkAgainBecauseItCanBeRead() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle slot = local(backend);
        backend.fail(Integer.MAX_VALUE, BackendException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> slot.call(it -> it.delete("user", "key", HlcTimestamp.atMillis(1)), 0))
                .isInstanceOf(BackendException.class);

        slot.call(MemoryBackend::type, 0);

        assertThat(slot.works()).isFalse();
        backend.fail(0, BackendException.Kind.UNAVAILABLE);
        assertThat(slot.works()).isTrue();
    }

    @Test
    void aLocalDatabaseThatOthersHadLockedWorksWithTheNextCall() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle slot = local(backend);
        backend.fail(1, BackendException.Kind.OVERLOADED);
        assertThatThrownBy(() -> slot.call(it -> it.retrieve("user", "key"), 0)).isInstanceOf(BackendException.class);
        backend.fail(1, BackendException.Kind.OVERLOADED);

        slot.call(MemoryBackend::type, 0);

        assertThat(slot.works()).isTrue();
    }

    @Test
    void whatCannotWorkAsConfiguredIsToldFromWhatIsDown() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle slot = new BackendHandle(
                "up",
                backend,
                BackendOptions.UPSTREAM,
                Role.REPLICA,
                false,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
        backend.fail(1, BackendException.Kind.MISCONFIGURED);
        assertThatThrownBy(() ->
                        slot.call(it -> it.retrieve("user", "key"), System.nanoTime() + TimeUnit.MINUTES.toNanos(1)))
                .isInstanceOf(BackendException.class);

        assertThat(slot.isMisconfigured()).isTrue();
        assertThat(slot.isAdmitting()).as("another try cannot help").isFalse();
        assertThat(slot.refusal().describe())
                .startsWith("up cannot work as it is configured: ")
                .contains("mend or remove its entry in the configuration", "waits for it")
                .doesNotContain("probed");

        backend.fail(1, BackendException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> slot.call(it -> it.retrieve("user", "key"), 0)).isInstanceOf(BackendException.class);
        assertThat(slot.isMisconfigured()).isFalse();
        assertThat(slot.refusal().describe()).contains("it is probed in the background");

        backend.fail(1, BackendException.Kind.MISCONFIGURED);
        slot.check();
        assertThat(slot.isMisconfigured()).isTrue();
        slot.check();
        assertThat(slot.isMisconfigured()).as("it works").isFalse();
        assertThat(slot.isAdmitting()).isTrue();
    }

    private static BackendHandle local(FaultyBackend backend) {
        return new BackendHandle(
                "sqlite",
                backend,
                BackendOptions.UPSTREAM,
                Role.PRIMARY,
                true,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
    }

    @Test
    void whatIsStillStartingIsSaidToBeSoInsteadOfLeavingItOpenWhatACallDid() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle slot = new BackendHandle(
                "slow",
                backend,
                BackendOptions.UPSTREAM,
                Role.REPLICA,
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
