package io.unifiedmemory.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Authenticators;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.TokenFile;
import io.unifiedmemory.access.UserSet;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each thing that the headers of a request can say about its sender, over a real file of tokens. */
class BearerCheckTest {

    private static final Instant NOON = Instant.parse("2026-05-10T12:00:00Z");

    @TempDir
    private Path folder;

    private Instant now = NOON;
    private AccessOptions options;
    private BearerCheck check;
    private String token;

    @BeforeEach
    void makeToken() {
        options = new AccessOptions(folder.resolve("tokens.json"), true, null, null, 0, 0, 0);
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        TokenFile tokens = new TokenFile(folder.resolve("tokens.json"), clock);
        token = tokens.create("", UserSet.of(Set.of("anna")), Scope.READ, NOON.plus(Duration.ofHours(1)))
                .text();
        check = new BearerCheck(Authenticators.of(options, tokens, clock));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer   ", "BEARER "})
    void whoBearsATokenIsKnownAndStaysUntilItExpires(String scheme) {
        Sender sender = check.sender(List.of(scheme + token));
        assertThat(sender).isInstanceOf(Sender.Known.class);
        assertThat(sender.isWelcome()).isTrue();
        assertThat(sender.owner()).isEqualTo(((Sender.Known) sender).principal().id());
        assertThat(sender.mayStay()).isTrue();
        now = NOON.plus(Duration.ofHours(2));
        assertThat(sender.mayStay()).isFalse();
    }

    @Test
    void noTokenTwoTokensAndAnotherSchemeNameNobody() {
        for (List<String> headers :
                List.of(List.<String>of(), List.of("Bearer " + token, "Bearer " + token), List.of("Basic " + token))) {
            Sender sender = check.sender(headers);
            assertThat(sender).as("%d headers", headers.size()).isInstanceOf(Sender.Unnamed.class);
            assertThat(sender.isWelcome()).isFalse();
            assertThat(sender.mayStay()).isFalse();
            assertThat(sender.owner()).isNull();
        }
    }

    @Test
    void aWrongTokenIsRefusedWithItsReason() {
        Sender sender = check.sender(List.of("Bearer " + token + "x"));
        assertThat(sender)
                .isInstanceOfSatisfying(
                        Sender.Refused.class,
                        refused -> assertThat(refused.reason().kind()).isEqualTo(AuthenticationException.Kind.INVALID));
        assertThat(sender.isWelcome()).isFalse();
        assertThat(sender.mayStay()).isFalse();
        assertThat(sender.owner()).isNull();
    }

    @Test
    void aRequestThatNoPolicyHasSeenHasNoSender() {
        assertThatThrownBy(() -> Sender.of(name -> null)).isInstanceOf(IllegalStateException.class);
        Map<String, Object> attributes = Map.of(Sender.ATTRIBUTE, new Sender.Unnamed());
        assertThat(Sender.of(attributes::get)).isInstanceOf(Sender.Unnamed.class);
    }

    @Test
    void anOpenServerWelcomesAnybodyUntilThereAreTokens() {
        TokenFile later = new TokenFile(folder.resolve("later.json"), Clock.systemUTC());
        AtomicLong nanoTime = new AtomicLong();
        Sender sender = AccessPolicy.openUntilTokens(later, nanoTime::get).sender(List.of());
        assertThat(sender.isWelcome()).isTrue();
        assertThat(sender.mayStay()).isTrue();
        later.create("", UserSet.ALL, Scope.READ, null);
        nanoTime.addAndGet(OpenAccess.FRESH.toNanos());
        assertThat(sender.mayStay()).isFalse();
        assertThat(sender.owner()).isNull();
    }
}
