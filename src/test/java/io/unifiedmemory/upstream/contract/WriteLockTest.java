package io.unifiedmemory.upstream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Daemon;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WriteLockTest {

    @Test
    void aWriterThatGaveUpKeepsItsTurnUntilTheServerHasAnswered() throws Exception {
        WriteLock turn = new WriteLock(Duration.ofMinutes(1));
        GivenUp call = new GivenUp();
        assertThatThrownBy(() -> turn.take(() -> turn.write(call))).hasMessageContaining("was not answered");
        CompletableFuture<Boolean> answeredBefore = new CompletableFuture<>();
        Thread next = Daemon.start("next", () -> turn.take(() -> answeredBefore.complete(call.answer.isDone())));

        while (next.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        call.answer.complete(new ToolReply(false, Map.of(), "", Map.of()));

        assertThat(answeredBefore.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWriteThatIsNeverAnsweredHoldsTheOthersUpOnce() {
        WriteLock turn = new WriteLock(Duration.ofMillis(500));
        assertThatThrownBy(() -> turn.take(() -> turn.write(new GivenUp()))).isInstanceOf(BackendException.class);

        assertThat(eventually(turn)).isEqualTo("first");
        assertThat(turn.take(() -> "second at once")).isEqualTo("second at once");
    }

    private static String eventually(WriteLock turn) {
        while (true) {
            try {
                return turn.take(() -> "first");
            } catch (BackendException e) {
                assertThat(e.kind()).isEqualTo(Kind.OVERLOADED);
            }
        }
    }

    @Test
    void waitingForTheTurnCanBeInterrupted() throws Exception {
        WriteLock turn = new WriteLock(Duration.ofMinutes(1));
        assertThatThrownBy(() -> turn.take(() -> turn.write(new GivenUp()))).isInstanceOf(BackendException.class);
        CompletableFuture<Boolean> statusKept = new CompletableFuture<>();
        Thread next = Daemon.start("next", () -> {
            try {
                turn.take(() -> "never");
            } catch (BackendException e) {
                statusKept.complete(
                        e.kind() == Kind.TIMED_OUT && Thread.currentThread().isInterrupted());
            }
        });

        next.interrupt();

        assertThat(statusKept.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private static final class GivenUp implements Tools.Call {
        final CompletableFuture<ToolReply> answer = new CompletableFuture<>();

        @Override
        public ToolReply await() {
            throw UpstreamFailures.timedOut("write", Duration.ofSeconds(1));
        }

        @Override
        public CompletionStage<?> answered() {
            return answer;
        }
    }
}
