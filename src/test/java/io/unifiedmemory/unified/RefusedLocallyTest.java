package io.unifiedmemory.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.Machine.Keeps;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.writes.Durability;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the local database refuses and would contradict is acknowledged by nobody. */
class RefusedLocallyTest {

    @TempDir
    private Path folder;

    private final InMemoryBackend localStore = new InMemoryBackend();
    private final FaultyBackend local = new FaultyBackend(localStore);
    private final FaultyBackend upstream = new FaultyBackend(new InMemoryBackend());
    private final FaultyBackend second = new FaultyBackend(new InMemoryBackend());
    private SqliteDatabase database;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("outbox.db")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatAnotherProgramKeepsLockedRefusesEveryWriteBeforeAnybodyHearsOfIt(Keeps keeps) throws Exception {
        Path file = folder.resolve("memory.db");
        upstream.share();
        try (Machine machine = new Machine(file, upstream, Clock.systemUTC(), keeps)) {
            machine.store("k", "old");
            int calls = upstream.calls();
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                for (ThrowingCallable write : List.<ThrowingCallable>of(
                        () -> machine.store("k", "new"),
                        () -> machine.delete("k"),
                        () -> machine.memory.deleteAll("u", null),
                        () -> machine.memory.expire("u", Clock.systemUTC().instant(), null))) {
                    assertThatThrownBy(write)
                            .isInstanceOf(NoBackendException.class)
                            .hasMessageContaining("nothing was changed anywhere");
                }
                assertThat(upstream.calls()).isEqualTo(calls);
                assertThat(machine.text("k")).isEqualTo("old");
            }
            machine.memory.health();
            assertThat(machine.store("k", "new").durability()).isEqualTo(Durability.REPLICATED);
        }
    }

    @Test
    void aCallerWhoLeavesBeforeAnythingIsOnDiskLeavesNothingBehind() throws Exception {
        Path file = folder.resolve("memory.db");
        try (Machine machine = new Machine(file, upstream, Clock.systemUTC(), Keeps.MEMORIES)) {
            machine.store("k", "old");
            int calls = upstream.calls();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> machine.store("k", "new")).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(upstream.calls()).isEqualTo(calls);
        }
    }

    @Test
    void aDatabaseThatStillAnswersReadsRefuses() {
        try (UnifiedMemory memory = memory()) {
            memory.store("u", "k", "old", Map.of());
            local.failWrites(Kind.UNAVAILABLE);
            int calls = upstream.calls();
            assertThatThrownBy(() -> memory.store("u", "k", "new", Map.of()))
                    .isInstanceOfSatisfying(
                            NoBackendException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasMessageContaining("sqlite: told to take no writes (tell it to work)")
                    .hasMessageContaining("nothing was changed anywhere");
            assertThatThrownBy(() -> memory.delete("u", "k", null)).isInstanceOf(NoBackendException.class);
            assertThat(upstream.calls()).isEqualTo(calls);
        }
    }

    @Test
    void aDatabaseThatIsBackIsGivenWhatItMissedBeforeItIsAsked() {
        try (UnifiedMemory memory = memory()) {
            memory.store("u", "k", "old", Map.of());
            memory.store("u", "gone", "old", Map.of());
            local.fail(1_000, Kind.BROKEN);
            assertThat(memory.store("u", "k", "new", Map.of()).report().durability())
                    .isEqualTo(Durability.UNPROTECTED);
            assertThat(memory.delete("u", "gone", null).report().durability()).isEqualTo(Durability.UNPROTECTED);
            assertThat(memory.retrieve("u", "k").problems()).containsKey("sqlite");
            local.recover();
            assertThat(Machine.text(memory.retrieve("u", "k").lookup())).isEqualTo("new");
            assertThat(Machine.text(localStore.retrieve("u", "k"))).isEqualTo("new");
            assertThat(localStore.retrieve("u", "gone")).isInstanceOf(Lookup.Deleted.class);
        }
    }

    @Test
    void aDeleteThatIsNotOnDiskCountsOnlyWhereNothingCanBringItBack() {
        upstream.keepNoVersions();
        second.keepNoVersions();
        try (UnifiedMemory memory = memory()) {
            memory.store("u", "k", "old", Map.of());
            local.fail(1_000, Kind.BROKEN);
            second.fail(1, Kind.UNAVAILABLE);
            assertThatThrownBy(() -> memory.delete("u", "k", null))
                    .isInstanceOf(NoBackendException.class)
                    .hasMessageContaining("second: told to fail");
            assertThat(memory.delete("u", "k", null).report().durability()).isEqualTo(Durability.UNPROTECTED);
        }
    }

    @Test
    void whatCannotBeRememberedAnyMoreIsRefused() {
        try (UnifiedMemory memory = memory()) {
            local.fail(1_000_000, Kind.BROKEN);
            String large = "x".repeat(1 << 20);
            for (int i = 0; i < 4; i++) {
                memory.store("u", "k" + i, large, Map.of());
            }
            assertThatThrownBy(() -> memory.store("u", "k", "v", Map.of())).isInstanceOf(NoBackendException.class);
            local.recover();
            assertThat(memory.store("u", "k", "v", Map.of()).report().durability())
                    .isEqualTo(Durability.REPLICATED);
        }
    }

    private UnifiedMemory memory() {
        BackendOptions once = new BackendOptions(true, 2, Duration.ofSeconds(30), 0);
        return UnifiedMemory.builder()
                .primary("sqlite", new FaultyStore(local, new SqliteStore(database)), BackendOptions.LOCAL)
                .replica("up", upstream, once)
                .replica("second", second, once)
                .build();
    }
}
