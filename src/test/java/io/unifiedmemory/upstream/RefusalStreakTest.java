package io.unifiedmemory.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.memory.util.Backoff;
import io.unifiedmemory.upstream.link.OddHttpServer;
import io.unifiedmemory.upstream.link.ServerAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When an address that refuses us is a fault of the configuration, and when the server is only away for a moment. */
@Timeout(60)
class RefusalStreakTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 7);
    private OddHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = new OddHttpServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 405, 410})
    void anAddressThatRefusesForAWhileIsTheWrongOne(int status) {
        server.status = status;
        try (UpstreamBackend backend = backend("s3cret")) {
            assertThat(backend.check().misconfigured()).isFalse();
            nanos.addAndGet(RefusalStreak.TIME.toNanos());
            assertThat(backend.check().misconfigured()).isFalse();

            BackendStatus third = backend.check();

            assertThat(third.misconfigured()).isTrue();
            assertThat(third.up()).isFalse();
            assertThat(third.detail())
                    .startsWith("cannot work as it is configured: ")
                    .contains(String.valueOf(status))
                    .doesNotContain("s3cret");
        }
    }

    /** The text of such a failure is made anew, without its cause. */
    @Test
    void aSecretInTheFailureChangesNothing() {
        server.status = 404;
        try (UpstreamBackend backend = backend("404")) {
            for (int i = 0; i < RefusalStreak.TRIES - 1; i++) {
                assertThat(backend.check().misconfigured()).isFalse();
                nanos.addAndGet(RefusalStreak.TIME.toNanos());
            }
            assertThat(backend.check().misconfigured()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503})
    void aServerThatIsInTroubleIsNotCalledMisconfigured(int status) {
        server.status = status;
        try (UpstreamBackend backend = backend("s3cret")) {
            for (int i = 0; i < 5; i++) {
                assertThat(backend.check().misconfigured()).isFalse();
                nanos.addAndGet(RefusalStreak.TIME.toNanos());
            }
        }
    }

    @Test
    void manyRefusalsWithinAMomentAreNoFault() {
        RefusalStreak streak = new RefusalStreak(nanos::get);
        for (int i = 0; i < 50; i++) {
            assertThat(refused(streak)).isEqualTo(Kind.UNAVAILABLE);
            nanos.addAndGet(RefusalStreak.TIME.toNanos() / 50 - 1);
        }
    }

    @Test
    void whatLetsUsInOrFailsOtherwiseBetweenEndsTheRow() {
        RefusalStreak streak = new RefusalStreak(nanos::get);
        for (int i = 0; i < 9; i++) {
            assertThat(refused(streak)).isEqualTo(Kind.UNAVAILABLE);
            nanos.addAndGet(LONG.toNanos());
            assertThat(refused(streak)).isEqualTo(Kind.UNAVAILABLE);
            nanos.addAndGet(LONG.toNanos());
            if (i % 2 == 0) {
                streak.end();
            } else {
                streak.judged(new BackendException(Kind.UNAVAILABLE, "connection refused", ""), false);
            }
        }
    }

    private static Kind refused(RefusalStreak streak) {
        return streak.judged(new BackendException(Kind.UNAVAILABLE, "HTTP 404", ""), true)
                .kind();
    }

    private UpstreamBackend backend(String token) {
        ServerAddress transport =
                new ServerAddress.Http(server.address("/mcp"), Map.of("Authorization", "Bearer " + token));
        return new UpstreamBackend(
                new UpstreamOptions("up", transport, UpstreamOptions.AUTO, LONG, LONG, null),
                () -> null,
                null,
                Backoff.withJitter(Duration.ofMillis(500), Duration.ofSeconds(30), 0),
                nanos::get);
    }
}
