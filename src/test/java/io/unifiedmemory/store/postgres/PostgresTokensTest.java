package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Authenticator;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.Token;
import io.unifiedmemory.access.TokenTable;
import io.unifiedmemory.access.Tokens;
import io.unifiedmemory.access.TokensException;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.harness.postgres.PostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tokens of two instances on one real PostgreSQL. */
class PostgresTokensTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final UserSet ANNA = UserSet.of(Set.of("anna"));

    private final TestStores stores = new TestStores(PostgresServer.shared(), null);
    private final PostgresStore first = stores.open();
    private final PostgresStore second = stores.open();
    private final AtomicLong nanos = new AtomicLong();
    private final Tokens here = tokens(first);
    private final Tokens there = tokens(second);

    private Tokens tokens(PostgresStore store) {
        return new TokenTable(store.tokens(), "the database", Clock.fixed(NOON, ZoneOffset.UTC), nanos::get);
    }

    @AfterEach
    void drop() {
        first.close();
        second.close();
        stores.drop();
    }

    @Test
    void whatOneInstanceMakesAndRevokesCountsAtTheOther() {
        assertThat(there.exist()).isFalse();
        Tokens.Created made = here.create("laptop", ANNA, Scope.READ_WRITE, null);
        Authenticator check = there.authenticator();
        assertThat(check.authenticate(made.text()).users()).isEqualTo(ANNA);
        assertThat(there.tokens()).extracting(Token::name).containsExactly("laptop");

        assertThat(here.revoke("laptop")).isEqualTo(made.token());
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThatThrownBy(() -> check.authenticate(made.text())).isInstanceOf(AuthenticationException.class);
        assertThat(there.tokens()).isEmpty();
        assertThat(there.revoke(made.token().id())).isNull();
        assertThat(there.exist()).as("a revoked last token opens no server").isTrue();
    }

    @Test
    void theDatabaseHoldsNoSecret() {
        Tokens.Created made = here.create("", ANNA, Scope.READ, null);
        String secret =
                made.text().substring(made.text().lastIndexOf(made.token().id()) + 13);
        assertThat(first.tokens().rows())
                .singleElement()
                .satisfies(row -> assertThat(row.toString()).contains("sha256").doesNotContain(secret));
    }

    @Test
    void namesAreUniqueUntilTheirTokenIsRevoked() {
        here.create("laptop", ANNA, Scope.READ, null);
        here.create("", ANNA, Scope.READ, null);
        here.create("", ANNA, Scope.READ, null);
        assertThatThrownBy(() -> there.create("laptop", ANNA, Scope.READ, null))
                .isInstanceOf(TokensException.class)
                .hasMessageContaining("laptop");
        there.revoke("laptop");
        there.create("laptop", ANNA, Scope.READ, null);
        assertThat(here.tokens()).hasSize(3);
    }

    @Test
    void aTokenExpires() {
        Tokens.Created made = here.create("", ANNA, Scope.READ, NOON);
        assertThatThrownBy(() -> there.authenticator().authenticate(made.text()))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    void theLastUseIsSeenEverywhere() throws Exception {
        Tokens.Created made = here.create("", ANNA, Scope.READ, null);
        assertThat(there.lastUse(made.token())).isNull();
        first.tokens().noteUse(made.token().id(), NOON.toEpochMilli());
        second.tokens().noteUse(made.token().id(), NOON.toEpochMilli() - 1);
        assertThat(there.lastUse(made.token())).isEqualTo(NOON);
    }
}
