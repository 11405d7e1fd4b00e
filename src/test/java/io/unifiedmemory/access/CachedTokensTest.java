package io.unifiedmemory.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CachedTokensTest {

    private static final Token ANNAS =
            new Token("abc", "", "00".repeat(32), UserSet.ALL, Scope.READ, Instant.EPOCH, null);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile Supplier<List<Token>> database = () -> List.of(ANNAS);
    private final CachedTokens tokens = new CachedTokens(
            () -> {
                looks.incrementAndGet();
                return database.get();
            },
            nanos::get);

    private static List<Token> away() {
        throw new BackendException(BackendException.Kind.UNAVAILABLE, "the database is away", "");
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aRevocationCountsOnceWhatWasReadIsNoLongerFresh() {
        assertThat(tokens.get()).containsOnlyKeys("abc");
        database = List::of;
        pass(CachedTokens.FRESH.minusNanos(1));
        assertThat(tokens.get()).containsOnlyKeys("abc");
        assertThat(looks).hasValue(1);
        pass(Duration.ofNanos(1));
        assertThat(tokens.get()).isEmpty();
        assertThat(looks).hasValue(2);
    }

    @Test
    void whileTheDatabaseIsAwayWhatIsKnownCountsForAWhileAndThenNobodyIsLetIn() {
        tokens.get();
        database = CachedTokensTest::away;
        pass(CachedTokens.LONGEST.minusNanos(1));
        assertThat(tokens.get()).containsOnlyKeys("abc");
        assertThat(tokens.get()).containsOnlyKeys("abc");
        assertThat(looks).as("a failed look is not repeated at once").hasValue(2);
        pass(CachedTokens.FRESH);
        assertThatThrownBy(tokens::get)
                .isInstanceOfSatisfying(
                        AuthenticationException.class,
                        e -> assertThat(e.kind()).isEqualTo(AuthenticationException.Kind.UNAVAILABLE));
        database = () -> List.of(ANNAS);
        pass(CachedTokens.FRESH);
        assertThat(tokens.get()).containsOnlyKeys("abc");
    }

    @Test
    void whileOneCallLooksTheOthersGoOnWithWhatIsKnown() throws Exception {
        tokens.get();
        pass(CachedTokens.FRESH);
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        database = () -> {
            looking.countDown();
            await(answer);
            return List.of();
        };
        FutureTask<Integer> first = new FutureTask<>(() -> tokens.get().size());
        new Thread(first, "first").start();
        await(looking);

        assertThat(tokens.get()).containsOnlyKeys("abc");

        answer.countDown();
        assertThat(first.get(1, TimeUnit.MINUTES)).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
