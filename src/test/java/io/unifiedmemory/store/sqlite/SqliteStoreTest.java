package io.unifiedmemory.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.memory.Removal;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackendContract;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.memory.spi.PrimaryStoreContract;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.unified.MovableClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what goes beyond it. */
class SqliteStoreTest extends MemoryBackendContract implements PrimaryStoreContract {

    private final MovableClock clock = new MovableClock();
    private final List<SqliteStore> keeping = new ArrayList<>();

    @TempDir
    Path folder;

    @Override
    public MemoryBackend open() {
        return openBeside();
    }

    @Override
    public PrimaryStore openBeside() {
        return new SqliteStore(new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))), clock);
    }

    @Override
    public PrimaryStore openKeeping(HistoryOptions options) {
        keeping.add(new SqliteStore(
                new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")).with(options)), clock));
        return keeping.get(keeping.size() - 1);
    }

    @AfterEach
    void closeKeeping() {
        keeping.forEach(SqliteStore::close);
    }

    @Override
    public MovableClock clock() {
        return clock;
    }

    @Override
    public Set<Capability> expectedCapabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Test
    void whatWasStoredIsThereWhenTheFileIsOpenedAgain() {
        MemoryEntry entry = store(memory(user, "key", "value", Map.of("a", 1)));
        store("deleted", "value");
        HlcTimestamp deleted = tick();
        backend.delete(user, "deleted", deleted);

        backend.close();
        backend = open();

        assertHolds(entry);
        assertDeleted("deleted", deleted);
    }

    @Test
    void checksLeaveNoMoreBehindThanTheFirst() {
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("checked.db")));
        try (SqliteStore checked = new SqliteStore(database)) {
            assertThat(checked.check().up()).isTrue();
            assertThat(checked.check().up()).isTrue();
            long pages = database.read(session -> session.number("PRAGMA page_count"));
            for (int i = 0; i < 50; i++) {
                assertThat(checked.check().up()).isTrue();
            }

            assertThat(database.<Long>read(session -> session.number("PRAGMA page_count")))
                    .isEqualTo(pages);
        }
    }

    @Test
    void aSearchForMoreTextThanFitsIsRejectedAndASmallerOneIsNot() {
        backend.close();
        backend = new SqliteStore(
                new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db"))), Clock.systemUTC(), 1_000);
        store("first", "x".repeat(600));
        store("second", "x".repeat(600));

        assertThat(backend.search(new SearchRequest(user, null, 1)).entries()).hasSize(1);
        assertThatThrownBy(
                        () -> backend.search(new SearchRequest(user, null, 2)).entries())
                .isInstanceOfSatisfying(BackendException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
                    assertThat(failure.describe()).contains("the first 1 fit").contains("ask for fewer");
                });
        assertThat(backend.search(new SearchRequest(user, null, 1)).entries()).hasSize(1);
    }

    @Test
    void unknownTimesStayUnknownAndNeverExpire() {
        MemoryEntry timeless = store(entry("timeless", null, null));
        store("dated", "value");

        assertHolds(timeless);
        assertThat(found(null)).containsExactly("dated", "timeless");
        assertThat(backend.expire(user, Instant.MAX, tick())).isEqualTo(new Removal(1, HlcTimestamp.NONE));
        assertHolds(timeless);
        assertThat(backend.expire(user, Instant.MIN, tick())).isEqualTo(new Removal(0, HlcTimestamp.NONE));
    }

    @Test
    void anUnknownTimeOfCreationBecomesKnown() {
        store(entry("key", null, null));
        Instant time = Instant.ofEpochMilli(tick().millis());

        store(entry("key", time, time));

        MemoryEntry later = entry("key", time.plusMillis(5), time.plusMillis(5));
        backend.store(later);
        assertHolds(later.withCreatedAt(time));
    }

    @Test
    void theEpochIsATimeLikeAnyOther() {
        assertHolds(store(entry("epoch", Instant.EPOCH, Instant.EPOCH.minusMillis(1))));
    }

    @Test
    void anEntryWithoutVersionGivesWayToAnyWithOne() {
        MemoryEntry foreign = store(memory("key", "of another program").withVersion(HlcTimestamp.NONE));
        MemoryEntry later =
                memory("key", "again").withVersion(HlcTimestamp.NONE).withCreatedAt(foreign.createdAt());
        assertThat(backend.store(later)).isEqualTo(new Lookup.Found(later));
        assertThat(backend.store(foreign)).isEqualTo(new Lookup.Found(later));

        MemoryEntry ours = memory("key", "ours");

        assertThat(backend.store(ours)).isEqualTo(new Lookup.Found(ours.withCreatedAt(foreign.createdAt())));
        assertThat(backend.delete(user, "key", HlcTimestamp.NONE)).isEqualTo(new Removal(0, ours.version()));
    }

    @Test
    void textThatIsNoUnicodeIsRejected() {
        store("key?", "value");

        assertFails(Kind.REJECTED, () -> backend.store(memory("key\uD800", "value")));
        assertFails(Kind.REJECTED, () -> backend.store(memory("other", "value \uDC00\uD800 of nothing")));
        assertFails(Kind.REJECTED, () -> backend.store(memory(user, "other", "", Map.of("text", "\uD800x"))));
        assertFails(Kind.REJECTED, () -> backend.retrieve(user, "key\uDC00"));
        assertThat(listed(user, 10)).hasSize(1);
    }

    @Test
    void aTextMayContainNul() {
        MemoryEntry entry = store("key", "before\0after");

        assertHolds(entry);
        assertThat(found("E\0A")).containsExactly("key");
        assertThat(found("\0")).containsExactly("key");
        assertThat(found("after")).containsExactly("key");
    }

    @Test
    void aPageOfLargeValuesEndsEarly() {
        String large = "x".repeat(1024 * 1024);
        for (int i = 10; i < 22; i++) {
            store("key" + i, large);
        }

        Page page = backend.list(new ListRequest(user, null, 1000));

        assertThat(page.more()).isTrue();
        assertThat(page.total()).isEqualTo(12);
        assertThat(page.entries()).hasSizeBetween(1, 11);
        assertThat(listed(user, 1000)).hasSize(12);
    }

    @Test
    void aPageHasNoMoreCharactersThanAreWantedButOneEntry() {
        for (String key : List.of("a", "b", "c")) {
            store(key, "value");
        }

        assertThat(keys(backend.list(new ListRequest(user, null, 3, 12)).entries()))
                .containsExactly("a", "b");
        assertThat(keys(backend.list(new ListRequest(user, null, 3, 11)).entries()))
                .containsExactly("a");
        assertThat(keys(backend.list(new ListRequest(user, "b", 3, 1)).entries()))
                .containsExactly("c");
    }

    private MemoryEntry entry(String key, @Nullable Instant created, @Nullable Instant updated) {
        return new MemoryEntry(user, key, "value", Map.of(), created, updated, tick());
    }

    /** It knows the columns of its time alone. */
    @Test
    void whatAProcessOfAnEarlierBuildReplacesDoesNotExpire() {
        store(memory("key", "value").with(clock.instant(), "client 1"));
        try (SqliteDatabase earlier = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")))) {
            earlier.<Integer>write(tx -> tx.update("UPDATE memory SET value = 'again', version = version + 1"));
        }

        MemoryEntry held = ((Lookup.Found) lookup("key")).entry();
        assertThat(held.value()).isEqualTo("again");
        assertThat(held.expiresAt()).isNull();
        assertThat(held.writtenBy()).isNull();
        assertThat(primary().expirations().due(clock.instant(), 10)).isEmpty();
        assertThat(listed(user(), 10)).containsExactly(held);
    }
}
