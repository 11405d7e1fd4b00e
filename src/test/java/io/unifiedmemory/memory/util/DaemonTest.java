package io.unifiedmemory.memory.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonTest {

    @Test
    void runsTheWorkOnADaemonOfThatName() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        Thread started = Daemon.start("worker", () -> ran.complete(Thread.currentThread()));
        assertThat(ran.get(1, TimeUnit.MINUTES)).isSameAs(started);
        assertThat(started.getName()).isEqualTo("worker");
        assertThat(started.isDaemon()).isTrue();
    }

    @Test
    void whatIsCreatedIsNotStarted() {
        Thread created = Daemon.create("worker", () -> {});
        assertThat(created.getState()).isEqualTo(Thread.State.NEW);
        assertThat(created.isDaemon()).isTrue();
    }
}
