package io.unifiedmemory.unified.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.KeptRevision;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.HighWaterMark.Mark;
import io.unifiedmemory.memory.spi.OutboxAdmin;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.memory.spi.WaitListener;
import io.unifiedmemory.store.postgres.TestStores;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions.Synchronous;
import io.unifiedmemory.unified.migration.StoreMigration.Difference;
import io.unifiedmemory.unified.migration.StoreMigration.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file to PostgreSQL and back, both real. */
class StoreMigrationTest {

    private static final Instant LONG_AGO = Instant.parse("2025-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private final TestStores postgres = new TestStores(PostgresServer.shared(), null);
    private final PrimaryStore server = postgres.open(postgres.options().with(HistoryOptions.DEFAULT));
    private long stamp = HlcTimestamp.atMillis(
                    Instant.parse("2026-01-01T00:00:00Z").toEpochMilli())
            .stamp();

    @AfterEach
    void close() {
        server.close();
        postgres.drop();
    }

    private static SqliteStore file(Path path) {
        return SqliteStore.of(
                new SqliteOptions(path, Duration.ofSeconds(10), Synchronous.NORMAL, HistoryOptions.DEFAULT),
                WaitListener.NONE);
    }

    private HlcTimestamp tick() {
        return new HlcTimestamp(++stamp);
    }

    private MemoryEntry store(PrimaryStore store, String user, String key, String value, Instant created) {
        HlcTimestamp version = tick();
        MemoryEntry entry = new MemoryEntry(
                user,
                key,
                value,
                Map.of("n", 1, "of", List.of(key)),
                created,
                created.plusMillis(version.stamp() % 1000),
                version);
        store.store(entry);
        return entry;
    }

    private static Result migrate(PrimaryStore from, PrimaryStore to) {
        return new StoreMigration(from, to).run(progress -> {});
    }

    /** Everything that a store can hold. */
    private void fill(PrimaryStore store) {
        store(store, "anna", "tea", "green \u0000 \uFDD0 \uD83D\uDE00", LONG_AGO);
        store(store, "anna", "\uD83D\uDE00", "", LONG_AGO.plusSeconds(5));
        store.store(new MemoryEntry("anna", "old", "of another program", Map.of(), null, null, HlcTimestamp.NONE));
        store(store, "anna", "gone", "x", LONG_AGO);
        store.delete("anna", "gone", tick());
        store.delete("anna", "never there", tick());
        store(store, "bert", "before", "x", LONG_AGO);
        store.deleteAll("bert", tick());
        store(store, "bert", "after", "y", LONG_AGO);
        store(store, "carl", "ancient", "x", Instant.EPOCH);
        store.expire("carl", LONG_AGO, tick());
        store.deleteAll("dora", tick());
        store.highWater().update(held -> new Mark(new HlcTimestamp(stamp + 100), 7));
        owe(store, new OutboxEntry("up", Operation.STORE, "anna", "tea", tick(), null, null, 2, 5));
        owe(store, new OutboxEntry("up", Operation.DELETE_ALL, "bert", "", tick(), null, null, 0, 6));
        OutboxEntry dead = new OutboxEntry("other", Operation.DELETE, "anna", "gone", tick(), null, null, 1, 7);
        owe(store, dead);
        store.outbox().deadLetter(dead, "will not have it");
    }

    private static void owe(PrimaryStore store, OutboxEntry entry) {
        store.commit(new Subject(entry.userId(), null), tx -> {
            tx.owe(entry);
            return entry;
        });
    }

    private static List<OutboxAdmin.Item> owed(PrimaryStore store, String backend) {
        return store.outboxAdmin().page(backend, null, 100);
    }

    @Test
    void everythingArrivesAndComesBack() {
        try (PrimaryStore first = file(folder.resolve("first.db"));
                PrimaryStore last = file(folder.resolve("last.db"))) {
            fill(first);

            Result there = migrate(first, server);
            Result back = migrate(server, last);

            assertThat(there).isEqualTo(new Result(4, 4, 5, 4, 3, 3, List.of()));
            assertThat(back).isEqualTo(there);
            for (String user : List.of("anna", "bert", "carl", "dora")) {
                assertThat(UserDigest.of(last, user)).isEqualTo(UserDigest.of(first, user));
                assertThat(past(last, user)).isEqualTo(past(first, user));
            }
            assertThat(last.users().users(null, 10)).isEqualTo(first.users().users(null, 10));
            assertThat(owed(last, "up")).isEqualTo(owed(first, "up"));
            assertThat(owed(last, "other")).isEqualTo(owed(first, "other"));
            assertThat(mark(server)).isEqualTo(mark(first));
            assertThat(mark(last)).isEqualTo(mark(first));
        }
    }

    private static List<KeptRevision> past(PrimaryStore store, String user) {
        return store.history().walk(user, null, 1_000, Long.MAX_VALUE);
    }

    /** A copy is no way around what was deleted for good, whatever it got before. */
    @Test
    void theHistoryOfTheFirstStoreIsThatOfTheSecond() {
        try (PrimaryStore first = file(folder.resolve("first.db"))) {
            List<String> keys = List.of("replaced", "deleted", "erased", "stored anew", "left");
            for (String key : keys) {
                store(first, "anna", key, "first", LONG_AGO);
                store(first, "anna", key, "second", LONG_AGO);
                store(first, "bert", key, "first", LONG_AGO);
                store(first, "carl", key, "first", LONG_AGO);
            }
            assertThat(migrate(first, server).revisions()).isEqualTo(keys.size());
            assertThat(migrate(first, server).revisions()).isZero();

            store(first, "anna", "replaced", "third", LONG_AGO);
            store(first, "anna", "replaced", "fourth", LONG_AGO);
            first.delete("anna", "deleted", tick());
            first.erase("anna", "erased", tick(), false);
            first.erase("anna", "stored anew", tick(), false);
            store(first, "anna", "stored anew", "third", LONG_AGO.plusSeconds(1));
            first.deleteAll("bert", tick());
            first.eraseAll("carl", tick(), false);
            store(first, "carl", "left", "second", LONG_AGO);
            store(first, "carl", "left", "third", LONG_AGO);

            assertThat(migrate(first, server).differing()).isEmpty();
            for (String user : List.of("anna", "bert", "carl")) {
                assertThat(past(server, user)).as(user).isEqualTo(past(first, user));
            }
            assertThat(migrate(first, server).revisions()).isZero();
        }
    }

    private static Mark mark(PrimaryStore store) {
        return store.commit(new Subject("anna", null), tx -> tx.highWater().update(held -> held));
    }

    @Test
    void aSecondRunTakesOverWhatChangedAndNothingElse() {
        try (PrimaryStore first = file(folder.resolve("first.db"))) {
            store(first, "anna", "kept", "as it was", LONG_AGO);
            store(first, "anna", "changed", "before", LONG_AGO);
            store(first, "anna", "deleted", "x", LONG_AGO);
            store(first, "anna", "anew", "the first one", LONG_AGO);
            store(first, "bert", "untouched", "x", LONG_AGO);
            migrate(first, server);
            assertThat(migrate(first, server).copied()).isZero();

            store(first, "anna", "changed", "after", LONG_AGO);
            first.delete("anna", "deleted", tick());
            first.delete("anna", "anew", tick());
            MemoryEntry anew = store(first, "anna", "anew", "the second one", LONG_AGO.plusSeconds(60));
            first.tombstones().forget(tick(), 100);
            first.delete("anna", "deleted", tick());
            Result second = migrate(first, server);

            assertThat(second.differing()).isEmpty();
            assertThat(second.copied())
                    .as("those of the one user whose memories changed")
                    .isEqualTo(3);
            assertThat(server.retrieve("anna", "deleted")).isInstanceOf(Lookup.Deleted.class);
            assertThat(server.retrieve("anna", "anew")).isEqualTo(new Lookup.Found(anew));
        }
    }

    @Test
    void aRunThatWasInterruptedIsRepeated() {
        try (PrimaryStore first = file(folder.resolve("first.db"))) {
            for (int i = 0; i < StoreMigration.PAGE + 10; i++) {
                store(first, "anna", "key " + i, "value", LONG_AGO);
                first.delete("bert", "key " + i, tick());
            }
            assertThatThrownBy(() -> new StoreMigration(first, server).run(progress -> {
                        if (progress.memories() > 0) {
                            throw new IllegalStateException("cut");
                        }
                    }))
                    .hasMessage("cut");

            Result again = migrate(first, server);

            assertThat(again.differing()).isEmpty();
            assertThat(UserDigest.of(server, "anna").memories()).isEqualTo(StoreMigration.PAGE + 10);
            assertThat(UserDigest.of(server, "bert").deletes()).isEqualTo(StoreMigration.PAGE + 10);
        }
    }

    @Test
    void whatIsNewerInTheSecondStoreStaysAndIsSaid() {
        try (PrimaryStore first = file(folder.resolve("first.db"))) {
            store(first, "anna", "tea", "green", LONG_AGO);
            MemoryEntry newer = store(server, "anna", "tea", "black", LONG_AGO);
            store(server, "anna", "more", "x", LONG_AGO);

            Result result = migrate(first, server);

            assertThat(result.differing()).containsExactly(new Difference("anna", 1, 0, 2, 0));
            assertThat(server.retrieve("anna", "tea")).isEqualTo(new Lookup.Found(newer));
        }
    }
}
