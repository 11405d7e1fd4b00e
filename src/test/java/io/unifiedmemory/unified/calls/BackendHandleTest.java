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
        BackendHandle handle = new BackendHandle(
                "slow",
                backend,
                BackendOptions.UPSTREAM,
                Role.REPLICA,
                false,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
        backend.hang();
        Thread checking = new Thread(handle::check);
        checking.start();
        backend.awaitWaiting();

        handle.timedOut();
        checking.interrupt();
        checking.join();

        assertThat(handle.lastError()).isNotNull();
        assertThat(String.valueOf(handle.lastError())).contains("slow did not answer within");
    }

    @Test
    void aLocalDatabaseThatRefusedAWriteDoesNotWorkAgainBecauseItCanBeRead() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle handle = local(backend);
        backend.fail(Integer.MAX_VALUE, BackendException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> handle.call(it -> it.delete("user", "key", HlcTimestamp.atMillis(1)), 0))
                .isInstanceOf(BackendException.class);

        handle.call(MemoryBackend::type, 0);

        assertThat(handle.works()).isFalse();
        backend.fail(0, BackendException.Kind.UNAVAILABLE);
        assertThat(handle.works()).isTrue();
    }

    @Test
    void aLocalDatabaseThatOthersHadLockedWorksWithTheNextCall() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle handle = local(backend);
        backend.fail(1, BackendException.Kind.OVERLOADED);
        assertThatThrownBy(() -> handle.call(it -> it.retrieve("user", "key"), 0))
                .isInstanceOf(BackendException.class);
        backend.fail(1, BackendException.Kind.OVERLOADED);

        handle.call(MemoryBackend::type, 0);

        assertThat(handle.works()).isTrue();
    }

    @Test
    void whatCannotWorkAsConfiguredIsToldFromWhatIsDown() {
        FaultyBackend backend = new FaultyBackend(new InMemoryBackend());
        BackendHandle handle = new BackendHandle(
                "up",
                backend,
                BackendOptions.UPSTREAM,
                Role.REPLICA,
                false,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
        backend.fail(1, BackendException.Kind.MISCONFIGURED);
        assertThatThrownBy(() ->
                        handle.call(it -> it.retrieve("user", "key"), System.nanoTime() + TimeUnit.MINUTES.toNanos(1)))
                .isInstanceOf(BackendException.class);

        assertThat(handle.isMisconfigured()).isTrue();
        assertThat(handle.isAdmitting()).as("another try cannot help").isFalse();
        assertThat(handle.refusal().describe())
                .startsWith("up cannot work as it is configured: ")
                .contains("correct or remove its entry in the configuration", "writes wait in the outbox")
                .doesNotContain("probed");

        backend.fail(1, BackendException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> handle.call(it -> it.retrieve("user", "key"), 0))
                .isInstanceOf(BackendException.class);
        assertThat(handle.isMisconfigured()).isFalse();
        assertThat(handle.refusal().describe()).contains("it is probed in the background");

        backend.fail(1, BackendException.Kind.MISCONFIGURED);
        handle.check();
        assertThat(handle.isMisconfigured()).isTrue();
        handle.check();
        assertThat(handle.isMisconfigured()).as("it works").isFalse();
        assertThat(handle.isAdmitting()).isTrue();
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
        BackendHandle handle = new BackendHandle(
                "slow",
                backend,
                BackendOptions.UPSTREAM,
                Role.REPLICA,
                false,
                BackendObserver.NONE,
                it -> new CircuitBreaker((delay, task) -> {}, () -> false, () -> {}));
        backend.starting("is still starting (2 s of at most 30)");

        assertThat(handle.timedOut().describe())
                .startsWith("slow is still starting (2 s of at most 30)")
                .contains("has not reached it")
                .doesNotContain("unknown");
        backend.starting(null);
        assertThat(handle.timedOut().describe()).contains("unknown");
    }
}
