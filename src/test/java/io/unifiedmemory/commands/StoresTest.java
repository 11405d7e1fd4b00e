package io.unifiedmemory.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.config.DatabaseLocation;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoresTest {

    private static final DatabaseLocation SERVER = new DatabaseLocation.Postgres(new PostgresOptions(
            "jdbc:postgresql://localhost/team",
            "postgresql://me@localhost/team",
            "me",
            "s3cret",
            2,
            Duration.ofSeconds(1),
            false));

    @TempDir
    Path folder;

    @Test
    void aFileIsOpenedAsSqlite() {
        Path file = folder.resolve("memory.db");
        DatabaseLocation location = new DatabaseLocation.File(SqliteOptions.of(file));
        try (PrimaryStore store = Stores.open(location, WaitListener.NONE)) {
            assertThat(store.type()).isEqualTo(location.backend());
            assertThat(store.info().path()).isEqualTo(location.shown());
            assertThat(store.info().url()).isNull();
            assertThat(store.info().bytes()).isZero();

            assertThat(store.check().up()).isTrue();
            assertThat(store.info().bytes()).isPositive();
        }
        assertThat(Stores.path(location)).isEqualTo(file);
        assertThat(Stores.file(location, "backup", "").file()).isEqualTo(file);
    }

    @Test
    void aCommandForFilesSaysWhatToDoInstead() {
        assertThat(Stores.path(SERVER)).isNull();
        assertThatThrownBy(() -> Stores.file(SERVER, "backup", "use pg_dump"))
                .isInstanceOf(Command.UsageException.class)
                .hasMessage(
                        "backup works on a database file, and the database is postgresql://me@localhost/team: use pg_dump");
    }
}
