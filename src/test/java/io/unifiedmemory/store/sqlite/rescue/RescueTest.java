package io.unifiedmemory.store.sqlite.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.OutboxEntry;
import io.unifiedmemory.memory.spi.OutboxEntry.Operation;
import io.unifiedmemory.memory.spi.PrimaryStore.Subject;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is damaged, what is not damaged is saved as it was, and nothing that was deleted. */
class RescueTest {

    private static final int PAGE = 4_096;
    private static final int MEMORIES = 60;
    private static final long NOW = 1_750_000_000_000L;
    private static final Random RANDOM = new Random(5);

    @TempDir
    Path folder;

    private Path file = Path.of("unused");
    private Path target = Path.of("unused");

    @BeforeEach
    void fill() {
        file = folder.resolve("memory.db");
        target = folder.resolve("rescued.db");
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteStore backend = new SqliteStore(database)) {
            for (int i = 0; i < MEMORIES; i++) {
                backend.store(entry(i));
            }
            for (int i = MEMORIES; i < 2 * MEMORIES; i++) {
                backend.store(entry(i));
                backend.delete("user", key(i), version(i + 1_000));
            }
            backend.deleteAll("left", version(5_000));
            OutboxEntry owed =
                    new OutboxEntry("team", Operation.DELETE, "user", key(MEMORIES), version(1_060), null, null, 0, 0);
            backend.commit(new Subject("user", null), tx -> {
                tx.owe(owed);
                return owed;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onePageWhicheverIsOverwritten(boolean zeros) throws Exception {
        byte[] sound = Files.readAllBytes(file);
        int deletesLost = 0;
        for (int page = 0; page < sound.length / PAGE; page++) {
            byte[] damaged = sound.clone();
            Arrays.fill(damaged, page * PAGE, (page + 1) * PAGE, (byte) 0);
            if (!zeros) {
                byte[] noise = new byte[PAGE];
                RANDOM.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, page * PAGE, PAGE);
            }
            Files.write(file, damaged);

            Rescue rescue = Rescue.of(file, target);

            assertThat(Files.readAllBytes(file)).as("page %d", page).isEqualTo(damaged);
            List<String> missing = assertSavedAsItWas();
            assertThat(rescue.memories()).isEqualTo(MEMORIES - missing.size());
            if (missing.isEmpty()) {
                assertThat(rescue.lost()).isEmpty();
            } else {
                assertThat(rescue.lost()).as("page %d", page).containsExactlyInAnyOrderElementsOf(missing);
                assertThat(rescue.unreadablePages()).isPositive();
            }
            deletesLost += rescue.deletes() < MEMORIES + 1 ? 1 : 0;
            Files.delete(target);
        }
        assertThat(deletesLost).as("pages on which deletes are lost").isLessThan(4);
    }

    @Test
    void theBeginningIsGone() throws Exception {
        overwrite(0, 100);

        Rescue rescue = Rescue.of(file, target);

        assertThat(assertSavedAsItWas()).isEmpty();
        assertThat(rescue.deletes()).isEqualTo(MEMORIES + 1);
        assertThat(rescue.owed()).isEqualTo(1);
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(target));
                SqliteStore backend = new SqliteStore(database)) {
            assertThat(backend.retrieve("user", key(MEMORIES))).isEqualTo(new Lookup.Deleted(version(1_060)));
            assertThat(backend.retrieve("left", "any")).isEqualTo(new Lookup.Deleted(version(5_000)));
            assertThat(backend.outboxAdmin().page("team", null, 5)).hasSize(1);
            assertThat(backend.highWater().update(mark -> mark).newest()).isEqualTo(version(5_000));
        }
    }

    @Test
    void theFileIsCutShortWhereverItIs() throws Exception {
        byte[] sound = Files.readAllBytes(file);
        List<Long> saved = new ArrayList<>();
        for (int page = sound.length / PAGE - 1; page > sound.length / PAGE / 3; page--) {
            Files.write(file, Arrays.copyOf(sound, page * PAGE + 17));

            Rescue rescue = Rescue.of(file, target);

            assertThat(MEMORIES - assertSavedAsItWas().size()).isEqualTo(rescue.memories());
            assertThat(rescue.unreadablePages() + rescue.lost().size())
                    .as("cut at page %d of %d: %s", page, sound.length / PAGE, rescue)
                    .isGreaterThanOrEqualTo(rescue.memories() < MEMORIES ? 1 : 0);
            saved.add(rescue.memories());
            Files.delete(target);
        }
        assertThat(saved).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(saved).as("cuts between the memories").anyMatch(count -> count > 0 && count < MEMORIES);
    }

    /** As after a kill: the newest is in the journal only. */
    @Test
    void whatIsInTheJournalIsReadToo() throws Exception {
        Path copy = folder.resolve("copy.db");
        try (SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(file));
                SqliteStore backend = new SqliteStore(database)) {
            backend.store(new MemoryEntry(
                    "user", key(0), "newest", Map.of(), Instant.ofEpochMilli(NOW), null, version(9_000)));
            backend.delete("user", key(1), version(9_001));
            Files.copy(file, copy);
            Files.copy(folder.resolve("memory.db-wal"), folder.resolve("copy.db-wal"));
        }
        file = copy;
        overwrite(0, 100);

        Rescue.of(copy, target);

        try (SqliteStore backend = new SqliteStore(new SqliteDatabase(SqliteOptions.of(target)))) {
            assertThat(backend.retrieve("user", key(0)))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(found.entry().value()).isEqualTo("newest"));
            assertThat(backend.retrieve("user", key(1))).isEqualTo(new Lookup.Deleted(version(9_001)));
            assertThat(backend.retrieve("user", key(2))).isEqualTo(new Lookup.Found(entry(2)));
        }
    }

    @Test
    void nothingIsWrittenWhereNothingCanBeReadOrAFileIsInTheWay() throws Exception {
        Path text = Files.writeString(folder.resolve("text.db"), "no database ".repeat(1_000));
        assertThatThrownBy(() -> Rescue.of(text, target))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("no memory can be read");
        assertThat(target).doesNotExist();

        Files.writeString(target, "precious");
        assertThatThrownBy(() -> Rescue.of(file, target))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("is there already");
        assertThat(target).hasContent("precious");
    }

    @Test
    void theMessageOfADamagedFileNamesTheCommand() throws Exception {
        overwrite(PAGE, (int) Files.size(file) - PAGE);
        try (SqliteStore backend = new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)))) {
            assertThat(backend.check().detail()).contains("is damaged", "rescue FILE");
        }
        overwrite(0, PAGE);
        try (SqliteStore backend = new SqliteStore(new SqliteDatabase(SqliteOptions.of(file)))) {
            assertThat(backend.check().detail()).contains("is not an SQLite database", "rescue FILE");
        }
    }

    /** Returns what is not there. */
    private List<String> assertSavedAsItWas() {
        List<String> missing = new ArrayList<>();
        try (SqliteStore backend = new SqliteStore(new SqliteDatabase(SqliteOptions.of(target)))) {
            assertThat(backend.list(new ListRequest("user", null, 2 * MEMORIES)).entries())
                    .allMatch(entry -> Integer.parseInt(entry.key().substring(4)) < MEMORIES);
            for (int i = 0; i < MEMORIES; i++) {
                Lookup found = backend.retrieve("user", key(i));
                if (found == Lookup.MISSING) {
                    missing.add(key(i) + " of user");
                } else {
                    assertThat(found).isEqualTo(new Lookup.Found(entry(i)));
                }
            }
        }
        return missing;
    }

    private void overwrite(int from, int length) throws Exception {
        byte[] noise = new byte[length];
        RANDOM.nextBytes(noise);
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.seek(from);
            content.write(noise);
        }
    }

    private static String key(int i) {
        return "key " + i;
    }

    private static HlcTimestamp version(int i) {
        return HlcTimestamp.atMillis(NOW + i);
    }

    /** Each tenth does not fit into a page. */
    private static MemoryEntry entry(int i) {
        String value = ("the value of " + i + ", ünïcode 🍵 ").repeat(i % 10 == 0 ? 400 : 8);
        Instant time = Instant.ofEpochMilli(NOW + i);
        return new MemoryEntry("user", key(i), value, Map.of("n", i), time, time, version(i));
    }
}
