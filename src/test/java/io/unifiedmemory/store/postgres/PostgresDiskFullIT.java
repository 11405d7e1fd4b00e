package io.unifiedmemory.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifiedmemory.harness.postgres.PostgresServer;
import io.unifiedmemory.harness.postgres.SmallDisk;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The disk of the database fills up while memories are stored: nothing acknowledged is lost, and all is said. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PostgresDiskFullIT {

    private static final int SMALL = 24;
    private static final int LARGE = 200;
    private static final int MOST = 1_000;

    /** One long word, which cannot be compressed to much less. */
    private static final int LETTERS = 100_000;

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /** A search reads what cannot be indexed: not every memory is searched. */
    private static final int SEARCHES = 5;

    private static final String USER = "u";

    private final Random random = new Random(3);
    private final Map<String, MemoryEntry> acknowledged = new TreeMap<>();
    private int stored;

    @Test
    void aFullDiskIsSaidAndLosesNothing() {
        Optional<SmallDisk> made = SmallDisk.ofMegabytes(SMALL);
        assumeTrue(made.isPresent(), "only root can make a small file system");
        try (SmallDisk disk = made.orElseThrow()) {
            PostgresServer server = PostgresServer.shared();
            TestStores stores = new TestStores(server, server.createDatabase(disk.folder()), null);
            try (PostgresStore store = stores.open()) {
                BackendException failure = null;
                while (failure == null && stored < MOST) {
                    failure = storeOne(store);
                }

                BackendException told = Objects.requireNonNull(failure, "the disk did not fill up");
                assertThat(told.kind()).as(told.describe()).isEqualTo(Kind.OVERLOADED);
                assertThat(told.describe()).contains("no disk space");
                assertAllThere(store);
                assertFound(store);

                disk.growTo(LARGE);
                assertThat(storeOne(store)).isNull();
                assertAllThere(store);
                assertFound(store);
            } finally {
                stores.drop();
            }
        }
    }

    private @Nullable BackendException storeOne(PostgresStore store) {
        String key = "key" + ++stored;
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L + stored);
        String value = random.ints(LETTERS, 0, ALPHABET.length())
                .collect(StringBuilder::new, (text, i) -> text.append(ALPHABET.charAt(i)), StringBuilder::append)
                .insert(0, marker(key) + " ")
                .toString();
        MemoryEntry memory =
                new MemoryEntry(USER, key, value, Map.of(), now, now, HlcTimestamp.atMillis(now.toEpochMilli()));
        try {
            store.store(memory);
            acknowledged.put(key, memory);
            return null;
        } catch (BackendException e) {
            assertThat(store.retrieve(USER, key)).isEqualTo(Lookup.MISSING);
            return e;
        }
    }

    private void assertAllThere(PostgresStore store) {
        assertThat(acknowledged).hasSizeGreaterThan(10);
        acknowledged.forEach((key, memory) -> {
            assertThat(store.retrieve(USER, key).equals(new Lookup.Found(memory)))
                    .as(key)
                    .isTrue();
        });
    }

    private void assertFound(PostgresStore store) {
        acknowledged.keySet().stream()
                .limit(SEARCHES)
                .forEach(key -> assertThat(
                                store.search(new SearchRequest(USER, Query.of(marker(key)), 5)).entries().stream()
                                        .map(MemoryEntry::key))
                        .containsExactly(key));
    }

    /** A word that no other memory has, nor one that begins with it. */
    private static String marker(String key) {
        return key + "only";
    }
}
