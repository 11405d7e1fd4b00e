package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Storing and retrieving. */
interface StoreContract extends ContractSteps {

    int MIB = 1024 * 1024;

    @Test
    default void everyTextComesBackExactly() {
        Map<String, MemoryEntry> stored = new LinkedHashMap<>();
        HardTexts.texts().forEach((name, text) -> stored.put(name, store(name, text)));

        stored.values().forEach(this::assertHolds);
    }

    @Test
    default void aMebibyteComesBackExactly() {
        String pattern = "line \u00E9\uD83D\uDE00 \"\\\r\n";
        MemoryEntry large = store("large", pattern.repeat(MIB / pattern.getBytes(StandardCharsets.UTF_8).length));
        MemoryEntry plain = store("plain", "x".repeat(MIB));

        assertHolds(large);
        assertHolds(plain);
    }

    @Test
    default void expiryAndWriterAreKeptWithTheWrite() {
        Instant later = Instant.parse("2126-01-31T18:30:00.123Z");
        MemoryEntry first = store(memory("key", "value").with(later, "claude-code 1.2 (token:l\u00E9a)"));
        assertHolds(first);
        if (declares(Capability.LIST)) {
            assertSame(listed(user(), 10).get(0), first);
        }

        MemoryEntry without = memory("key", "value again");
        MemoryEntry past = memory("key", "value").with(Instant.parse("2020-01-01T00:00:00Z"), null);
        for (MemoryEntry next : sweeps() ? List.of(without) : List.of(without, past)) {
            backend().store(next);
            MemoryEntry held = ((Lookup.Found) lookup("key")).entry();
            assertThat(held.value()).isEqualTo(next.value());
            assertThat(held.expiresAt()).isEqualTo(next.expiresAt());
            assertThat(held.writtenBy()).isNull();
        }
    }

    /** Whether the backend deletes by itself what has expired, at a moment of its own choice. */
    default boolean sweeps() {
        return false;
    }

    @Test
    default void everyKeyIsItself() {
        List<MemoryEntry> stored = HardTexts.names().stream()
                .map(name -> store(name, "value of " + name))
                .toList();

        stored.forEach(this::assertHolds);
        assertThat(lookup("b")).isEqualTo(Lookup.MISSING);
    }

    @Test
    default void usersNeverCross() {
        List<String> users = List.of(
                user(),
                user() + "1",
                user() + "/",
                user() + "/a",
                user() + "%",
                user() + " ",
                user().toUpperCase(Locale.ROOT));
        List<String> keys = List.of("same", "a", "a/same");
        List<MemoryEntry> stored = users.stream()
                .flatMap(id -> keys.stream().map(key -> store(memory(id, key, "of " + id, Map.of()))))
                .toList();

        stored.forEach(this::assertHolds);
        assertThat(backend().retrieve(user() + "2", "same")).isEqualTo(Lookup.MISSING);
        if (declares(Capability.LIST)) {
            for (String id : users) {
                assertThat(listed(id, 1000))
                        .hasSize(keys.size())
                        .allMatch(entry -> entry.userId().equals(id));
            }
        }
        if (findsEverything()) {
            assertThat(hits(user(), "same", 1000)).hasSize(2);
            assertThat(hits(user(), null, 1000))
                    .allMatch(entry -> entry.userId().equals(user()));
        }
        if (declares(Capability.LIST)) {
            backend().deleteAll(user(), tick());
        } else {
            keys.forEach(key -> backend().delete(user(), key, tick()));
        }
        stored.stream().filter(entry -> !entry.userId().equals(user())).forEach(this::assertHolds);
    }

    @Test
    default void metadataComesBackWithItsNumbersAndOrder() {
        Map<String, Object> metadata = Json.parseObject("""
                {"z": 1, "a": {"y": [1, "two", {"deep": null}], "b": false}, "tenth": 0.1, "ten": 10.0, "tiny": 1e-7,
                 "max": 9223372036854775807, "beyond": 123456789012345678901234567890, "minus": -0.5,
                 "": "empty name", "text": "Error: \\r\\n \\u0000 \\ud83d\\ude00", "empty": {}, "none": []}""");
        MemoryEntry rich = store(memory(user(), "rich", "value", metadata));
        MemoryEntry bare = store(memory(user(), "bare", "value", Map.of()));

        assertHolds(rich);
        assertHolds(bare);
        assertThat(lookup("rich"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found ->
                                assertThat(Json.write(found.entry().metadata())).isEqualTo(Json.write(metadata)));
    }

    @Test
    default void timesAreKeptToTheMillisecond() {
        Instant created = Instant.parse("2001-02-03T04:05:06.789Z");
        Instant updated = Instant.parse("2001-02-03T04:05:06.790Z");
        MemoryEntry entry = store(new MemoryEntry(user(), "key", "value", Map.of(), created, updated, tick()));

        assertHolds(entry);
    }

    @Test
    default void aStoreReplacesAllButTheTimeOfCreation() {
        MemoryEntry first = store(memory(user(), "key", "old", Map.of("old", true)));
        MemoryEntry second = memory(user(), "key", "new", Map.of("new", 1));
        MemoryEntry expected = second.withCreatedAt(first.createdAt());

        assertThat(backend().store(second))
                .isInstanceOfSatisfying(Lookup.Found.class, found -> assertSame(found.entry(), expected));
        assertHolds(expected);
    }

    @Test
    default void aRepeatedStoreChangesNothing() {
        MemoryEntry entry = store("key", "value");

        store(entry);
        store(entry);

        assertHolds(entry);
        if (declares(Capability.LIST)) {
            assertThat(listed(user(), 10)).hasSize(1);
        }
    }

    @Test
    default void whatWasNeverStoredIsMissing() {
        store("key", "value");

        assertThat(lookup("other")).isEqualTo(Lookup.MISSING);
        assertThat(lookup("ke")).isEqualTo(Lookup.MISSING);
        assertThat(lookup("key ")).isEqualTo(Lookup.MISSING);
        assertThat(lookup("KEY")).isEqualTo(Lookup.MISSING);
    }

    @Test
    default void anOlderStoreNeverReplacesANewerOne() {
        MemoryEntry older = memory("key", "older");
        MemoryEntry newer = store("key", "newer");

        Lookup answer = backend().store(older);

        if (keepsVersions()) {
            assertThat(answer).isEqualTo(new Lookup.Found(newer));
            assertHolds(newer);
        } else {
            assertThat(lookup("key")).isInstanceOf(Lookup.Found.class);
        }
    }

    @Test
    default void ofTwoStoresWithOneVersionTheSameOneStaysInWhateverOrderTheyCome() {
        MemoryEntry first = store("one", "first");
        MemoryEntry second = store("two", "second").withVersion(first.version());
        MemoryEntry one = renamed(first, "one");
        MemoryEntry two = renamed(second, "one");
        MemoryEntry winner = WriteOrder.isNewer(two, one) ? two : one;

        Lookup answer = backend().store(two);
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo(winner.value()));

        backend().store(renamed(two, "other"));
        backend().store(renamed(one, "other"));
        for (String key : List.of("one", "other")) {
            assertThat(lookup(key))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(found.entry().value()).isEqualTo(winner.value()));
        }
    }

    @Test
    default void severalMemoriesAreStoredAsOneByOne() {
        MemoryEntry replaced = store("old", "before");
        HlcTimestamp newer = HlcTimestamp.atMillis(replaced.version().millis() + 3_600_000);
        MemoryEntry kept = store(memory("kept", "newer").withVersion(newer));
        List<MemoryEntry> entries = List.of(
                memory("new", "one"), memory("old", "after"), memory("kept", "older"), memory("e\u0301", "two"));

        List<Lookup> answers = backend().storeAll(entries);

        assertThat(answers).hasSize(4).allMatch(Lookup.Found.class::isInstance);
        assertHolds(entries.get(0));
        assertHolds(entries.get(1).withCreatedAt(replaced.createdAt()));
        assertHolds(entries.get(3));
        assertThat(lookup("kept"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo(kept.value()));
        assertThat(backend().storesAtOnce()).isPositive();
    }

    private static MemoryEntry renamed(MemoryEntry entry, String key) {
        Instant time = Instant.ofEpochMilli(entry.version().millis());
        return new MemoryEntry(entry.userId(), key, entry.value(), entry.metadata(), time, time, entry.version());
    }
}
