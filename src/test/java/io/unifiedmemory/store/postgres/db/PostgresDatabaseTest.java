package io.unifiedmemory.store.postgres.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a database says that cannot be used, and what is taken for granted of one that can. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresDatabaseTest {

    private static final Sql ONE = Sql.of("SELECT 1");

    private final io.unifiedmemory.harness.postgres.PostgresDatabase there =
            PostgresServer.shared().createDatabase();

    @AfterEach
    void drop() {
        PostgresServer.shared().drop(there);
    }

    private PostgresDatabase database(String address, @Nullable String password, boolean allowWeak) {
        return new PostgresDatabase(new PostgresOptions(
                "jdbc:" + address, address, there.user(), password, 2, Duration.ofMinutes(1), allowWeak));
    }

    private String address(String name) {
        return "postgresql://" + there.host() + ":" + there.port() + "/" + name;
    }

    private static BackendException failure(PostgresDatabase database) {
        try (database) {
            return Objects.requireNonNull(
                    catchThrowableOfType(BackendException.class, () -> database.run(ONE)), "no failure");
        }
    }

    @Test
    void oneThatAcknowledgesBeforeItWritesIsRefusedUnlessThatIsAllowed() {
        BackendException refused = failure(database(address(there.name()), there.password(), false));
        assertThat(refused.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(refused.describe()).contains("acknowledges writes before they are on disk", "postgres.allowWeak");

        try (PostgresDatabase allowed = database(address(there.name()), there.password(), true)) {
            assertThat(allowed.run(ONE).number()).isOne();
            assertThat(allowed.server().durability()).isEqualTo(Durability.WEAK);
            assertThat(allowed.incarnation()).isOne();
        }
    }

    @Test
    void aWrongPasswordIsToldAtOnceAndNotShown() {
        BackendException failure = failure(database(address(there.name()), "open sesame", true));
        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure.describe()).contains("refuses this account").doesNotContain("sesame");
    }

    @Test
    void anUnknownDatabaseIsToldAtOnce() {
        BackendException failure = failure(database(address("nowhere"), there.password(), true));
        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure.describe()).contains("there is no such database");
    }

    @Test
    void aServerThatIsNotThereIsToldAtOnce() {
        BackendException failure =
                failure(database("postgresql://" + there.host() + ":1/" + there.name(), there.password(), true));
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure.describe()).contains("cannot be reached");
    }

    @Test
    void aSchemaThatThisReleaseCannotWorkWithIsLeftAlone() {
        try (PostgresDatabase first = database(address(there.name()), there.password(), true)) {
            first.run(Sql.of("INSERT INTO unified_memory.schema_step (number, minimum) VALUES (999, 999)"));
        }
        BackendException failure = failure(database(address(there.name()), there.password(), true));
        assertThat(failure.kind()).isEqualTo(Kind.MISCONFIGURED);
        assertThat(failure.describe()).contains("newer release", "update this program");
    }

    @Test
    void aNewerSchemaThatThisReleaseCanWorkWithIsUsed() {
        try (PostgresDatabase first = database(address(there.name()), there.password(), true)) {
            first.run(Sql.of("INSERT INTO unified_memory.schema_step (number, minimum) VALUES (999, 1)"));
        }
        try (PostgresDatabase second = database(address(there.name()), there.password(), true)) {
            assertThat(second.run(ONE).number()).isOne();
        }
    }
}
