package io.unifiedmemory.upstream.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.harness.Async;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.memory.util.Daemon;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionTest {

    private final BackendException down = new BackendException(Kind.UNAVAILABLE, "it is down", "start it");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // a clock may wrap round
    private final Deque<Supplier<FakeSession>> openings = new ArrayDeque<>();
    private final List<FakeSession> opened = new ArrayList<>();
    private final Connection<FakeSession> connection = new Connection<>(
            "fake",
            () -> openings.remove().get(),
            Backoff.withJitter(Duration.ofMillis(500), Duration.ofSeconds(30), 0),
            nanos::get);

    @Test
    void nothingIsOpenedBeforeSomebodyAsks() {
        works();

        assertThat(opened).isEmpty();
        connection.close();
        assertThat(opened).isEmpty();
    }

    @Test
    void everybodySharesOneSession() {
        works();

        FakeSession session = connection.session(false);

        assertThat(connection.session(false)).isSameAs(session);
    }

    @Test
    void itTellsHowLongASessionIsBeingOpened() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch mayOpen = new CountDownLatch(1);
        openings.add(() -> {
            entered.countDown();
            await(mayOpen);
            return new FakeSession();
        });
        assertThat(connection.opening()).isNull();
        CompletableFuture<FakeSession> asked = Async.supply(() -> connection.session(false));
        entered.await();
        elapse(2_000);

        assertThat(connection.opening()).isEqualTo(Duration.ofSeconds(2));
        mayOpen.countDown();
        assertThat(asked.join()).isNotNull();
        assertThat(connection.opening()).isNull();
    }

    @Test
    void afterAFailureCallsAreRefusedUntilThePauseIsOver() {
        fails();
        works();
        assertThatThrownBy(() -> connection.session(false)).hasMessage("it is down");

        BackendException refusal = refusal();

        assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(refusal).hasMessage("it is down; next try in 500 ms");
        assertThat(refusal.hint()).isEqualTo("start it");
        elapse(499);
        assertThat(refusal()).hasMessageContaining("next try in 1 ms");
        elapse(1);
        assertThat(connection.session(false)).isNotNull();
    }

    @Test
    void thePauseGrowsWithEachFailureUpToALimit() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            fails();
            assertThatThrownBy(() -> connection.session(false)).hasMessage("it is down");
            String message = String.valueOf(refusal().getMessage());
            pauses.add(Long.parseLong(message.replaceAll("\\D+", "")));
            elapse(30_000);
        }

        assertThat(pauses).containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L, 30000L);
    }

    @Test
    void whoeverInsistsIsNotRefused() {
        fails();
        works();
        assertThatThrownBy(() -> connection.session(false)).hasMessage("it is down");

        assertThat(connection.session(true)).isNotNull();
        assertThat(connection.session(false)).isSameAs(opened.get(0));
    }

    @Test
    void aLostSessionThatWorkedIsReplacedAtOnce() {
        works();
        works();
        FakeSession first = connection.session(false);
        first.proven = true;

        first.end.complete(down);

        assertThat(connection.session(false)).isNotSameAs(first);
        assertThat(first.closed).isTrue();
    }

    @Test
    void aSessionThatEndsBeforeItEverWorkedIsAFailure() {
        works();
        connection.session(false).end.complete(down);

        assertThat(refusal()).hasMessageContaining("next try in 500 ms");
    }

    @Test
    void aServerOfTheWrongKindSaysNothingOfTheCallsThatWaitForIt() {
        openings.add(() -> {
            throw new BackendException(Kind.UNSUPPORTED, "no memory server", "");
        });
        assertThatThrownBy(() -> connection.session(false))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                .hasMessage("no memory server");

        assertThat(refusal().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(refusal()).hasMessageContaining("no memory server");
    }

    @Test
    void anUnexpectedErrorReachesTheCallerToo() {
        openings.add(() -> {
            throw new StackOverflowError("deep");
        });

        assertThatThrownBy(() -> connection.session(false)).hasMessageContaining("deep");
    }

    @Test
    void waitingForASessionCanBeInterruptedAndTheOpeningGoesOn() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        opensAfter(release);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = Daemon.start("caller", () -> {
            try {
                connection.session(false);
            } catch (BackendException e) {
                interrupted.complete(
                        e.kind() == Kind.TIMED_OUT && Thread.currentThread().isInterrupted());
            }
        });

        caller.interrupt();

        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        assertThat(connection.session(false)).isSameAs(opened.get(0));
    }

    @Test
    void closingEndsTheSessionAndRefusesMore() {
        works();
        FakeSession session = connection.session(false);

        connection.close();
        connection.close();

        assertThat(session.closed).isTrue();
        assertThat(refusal().kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void closingWhileASessionIsBeingOpenedInterruptsThat() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        openings.add(() -> {
            begun.countDown();
            await(new CountDownLatch(1));
            throw new AssertionError("nobody counts down");
        });
        CompletableFuture<Kind> refused = new CompletableFuture<>();
        Daemon.start("caller", () -> {
            try {
                connection.session(false);
            } catch (BackendException e) {
                refused.complete(e.kind());
            }
        });
        begun.await();

        connection.close();

        assertThat(refused.get(20, TimeUnit.SECONDS)).isEqualTo(Kind.UNAVAILABLE);
    }

    private BackendException refusal() {
        return catchThrowableOfType(BackendException.class, () -> connection.session(false));
    }

    private void elapse(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void fails() {
        openings.add(() -> {
            throw down;
        });
    }

    private void works() {
        opensAfter(new CountDownLatch(0));
    }

    private void opensAfter(CountDownLatch release) {
        openings.add(() -> {
            await(release);
            FakeSession session = new FakeSession();
            opened.add(session);
            return session;
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new BackendException(Kind.TIMED_OUT, "interrupted", "", e);
        }
    }

    private static final class FakeSession implements Connection.Session {
        final CompletableFuture<BackendException> end = new CompletableFuture<>();
        volatile boolean proven;
        volatile boolean closed;

        @Override
        public CompletionStage<BackendException> ended() {
            return end;
        }

        @Override
        public boolean proven() {
            return proven;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
