package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.postgres.PostgresDatabase;
import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.BackendStatus;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What keeps a database from being used, in words with a cause and a remedy; the password never among them. */
class PostgresRefusalsTest {

    private static final String SECRET = "not-to-be-seen";

    private final PostgresServer server = PostgresServer.shared();
    private final PostgresDatabase database = server.createDatabase();

    @AfterEach
    void drop() {
        server.drop(database);
    }

    private static PostgresOptions options(PostgresDatabase to, boolean allowWeak) {
        String address = "postgresql://" + to.host() + ":" + to.port() + "/" + to.name();
        return new PostgresOptions(
                "jdbc:" + address, address, to.user(), to.password(), 4, Duration.ofMinutes(1), allowWeak);
    }

    private static void assertRefused(PostgresOptions options, Kind kind, String... words) {
        try (PostgresStore store = PostgresStore.of(options)) {
            BackendStatus status = store.check();
            assertThat(status.up()).isFalse();
            assertThat(status.misconfigured()).isEqualTo(kind == Kind.MISCONFIGURED);
            assertThat(status.detail()).contains(words).doesNotContain(SECRET).hasLineCount(1);
            assertThatThrownBy(() -> store.retrieve("anna", "tea"))
                    .isInstanceOfSatisfying(
                            BackendException.class, e -> assertThat(e.kind()).isEqualTo(kind));
        }
    }

    @Test
    void aWrongPassword() {
        PostgresDatabase wrong =
                new PostgresDatabase(database.host(), database.port(), database.name(), database.user(), SECRET);
        assertRefused(options(wrong, true), Kind.MISCONFIGURED, "refuses this account", "PGPASSWORD");
    }

    @Test
    void anUnknownHost() {
        PostgresDatabase elsewhere =
                new PostgresDatabase("nowhere.invalid", 5432, database.name(), database.user(), SECRET);
        assertRefused(options(elsewhere, true), Kind.UNAVAILABLE, "no host nowhere.invalid", "check");
    }

    @Test
    void aPortThatNobodyListensOn() {
        assertRefused(options(database.through(1), true), Kind.UNAVAILABLE, "cannot be reached", "check that it runs");
    }

    @Test
    void aDatabaseThatIsNotThere() {
        PostgresDatabase missing = new PostgresDatabase(
                database.host(), database.port(), "not_there", database.user(), database.password());
        assertRefused(options(missing, true), Kind.MISCONFIGURED, "no such database", "not_there", "create it");
    }

    @Test
    void anAccountThatMayNotCreateTheSchema() {
        server.superuser()
                .run("REVOKE CREATE ON DATABASE " + database.name() + " FROM PUBLIC; ALTER DATABASE " + database.name()
                        + " OWNER TO " + server.superuser().user());
        assertRefused(options(database, true), Kind.MISCONFIGURED, "lacks a right", "grant it CREATE");
    }

    @Test
    void aDatabaseThatCanOnlyBeRead() {
        database.run("ALTER DATABASE " + database.name() + " SET default_transaction_read_only = on");
        assertRefused(options(database, true), Kind.UNAVAILABLE, "can only be read", "default_transaction_read_only");
    }

    @Test
    void aDatabaseThatAcknowledgesTooEarly() {
        database.run("ALTER DATABASE " + database.name() + " SET synchronous_commit = off");
        assertRefused(options(database, false), Kind.MISCONFIGURED, "before they are on disk", "postgres.allowWeak");
    }

    @Test
    void whatItAcknowledgesIsSaid() {
        try (PostgresStore store = PostgresStore.of(options(database, true))) {
            assertThat(store.check().detail()).contains("PostgreSQL", database.name(), "acknowledges");
            assertThat(store.info().acknowledged()).isNotBlank();
        }
    }
}
