package io.unifiedmemory.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.memory.spi.MemoryBackend;
import io.unifiedmemory.memory.util.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of writes, as laws that hold for any of them. Few values, so that ties are common. */
class WriteOrderTest {

    private static final int WRITES = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOrderIsTotalAntisymmetricAndTransitive(long seed) {
        List<MemoryEntry> entries = entries(new Random(seed));
        for (MemoryEntry a : entries) {
            assertThat(WriteOrder.compare(a, a)).isZero();
            for (MemoryEntry b : entries) {
                int order = Integer.signum(WriteOrder.compare(a, b));
                assertThat(Integer.signum(WriteOrder.compare(b, a))).isEqualTo(-order);
                assertThat(order == 0)
                        .isEqualTo(a.version().equals(b.version()) && a.hasContentOf(b) && sameTime(a, b));
                for (MemoryEntry c : entries) {
                    if (order >= 0 && WriteOrder.compare(b, c) >= 0) {
                        assertThat(WriteOrder.compare(a, c)).isNotNegative();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void mergingIsCommutativeAssociativeAndIdempotent(long seed) {
        List<Lookup> lookups = lookups(new Random(seed));
        for (Lookup a : lookups) {
            assertThat(WriteOrder.newest(a, a)).isEqualTo(a);
            for (Lookup b : lookups) {
                assertThat(WriteOrder.newest(a, b)).isEqualTo(WriteOrder.newest(b, a));
                for (Lookup c : lookups) {
                    assertThat(WriteOrder.newest(WriteOrder.newest(a, b), c))
                            .isEqualTo(WriteOrder.newest(a, WriteOrder.newest(b, c)));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aBackendEndsWithTheMergeOfAllWritesInWhateverOrderTheyCome(long seed) {
        Random random = new Random(seed);
        List<Lookup> writes = new ArrayList<>(lookups(random));
        Lookup expected = writes.stream().reduce(Lookup.MISSING, WriteOrder::newest);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(writes, random);
            try (InMemoryBackend backend = new InMemoryBackend()) {
                writes.forEach(write -> apply(backend, write));
                assertThat(backend.retrieve("u", "k")).isEqualTo(expected);
            }
        }
    }

    @Test
    void ofOneVersionADeleteCounts() {
        MemoryEntry entry = entry(new HlcTimestamp(7), "value", Map.of(), null);
        Lookup deleted = new Lookup.Deleted(entry.version());

        assertThat(WriteOrder.newest(new Lookup.Found(entry), deleted)).isEqualTo(deleted);
        assertThat(WriteOrder.outlives(entry, entry.version())).isFalse();
    }

    @Test
    void theOrderOfMetadataDoesNotMatter() {
        Map<String, Object> one = Json.parseObject("{\"a\":1,\"b\":{\"c\":2,\"d\":0.10}}");
        Map<String, Object> two = Json.parseObject("{\"b\":{\"d\":0.10,\"c\":2},\"a\":1}");

        assertThat(WriteOrder.compare(
                        entry(new HlcTimestamp(7), "value", one, null), entry(new HlcTimestamp(7), "value", two, null)))
                .isZero();
    }

    private static void apply(MemoryBackend backend, Lookup write) {
        if (write instanceof Lookup.Found found) {
            backend.store(found.entry());
        } else if (write instanceof Lookup.Deleted deleted) {
            backend.delete("u", "k", deleted.version());
        }
    }

    private static List<MemoryEntry> entries(Random random) {
        return Stream.generate(() -> entry(
                        new HlcTimestamp(1 + random.nextInt(3)),
                        "value " + random.nextInt(3),
                        random.nextBoolean() ? Map.of() : Map.of("n", random.nextInt(2)),
                        random.nextInt(3) == 0 ? null : Instant.ofEpochMilli(random.nextInt(2))))
                .limit(WRITES)
                .toList();
    }

    private static List<Lookup> lookups(Random random) {
        List<Lookup> lookups = new ArrayList<>(List.of(Lookup.MISSING));
        entries(random)
                .forEach(entry -> lookups.add(
                        random.nextInt(4) == 0 ? new Lookup.Deleted(entry.version()) : new Lookup.Found(entry)));
        return lookups;
    }

    private static MemoryEntry entry(
            HlcTimestamp version, String value, Map<String, Object> metadata, @Nullable Instant updatedAt) {
        return new MemoryEntry("u", "k", value, metadata, null, updatedAt, version);
    }

    private static boolean sameTime(MemoryEntry a, MemoryEntry b) {
        return a.updatedAt() == null ? b.updatedAt() == null : a.updatedAt().equals(b.updatedAt());
    }
}
