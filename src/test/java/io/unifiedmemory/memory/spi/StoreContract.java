package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.WriteOrder;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.search.Query;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Storing and retrieving. */
abstract class StoreContract extends ContractSteps {

    private static final int MIB = 1024 * 1024;

    static Map<String, String> hardTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("CRLF", "first\r\nsecond\r\n");
        texts.put("lone CR", "a\rb\r");
        texts.put("newlines around", "\n\n middle \n\n");
        texts.put("blanks around", "  \t padded \t  ");
        texts.put("only blanks", "   ");
        texts.put("quotes", "'single' \"double\" `back` \\ \\\\ \\n");
        texts.put(
                "emoji with ZWJ",
                "family \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 flag \uD83C\uDDE9\uD83C\uDDEA");
        texts.put("combining marks", "e\u0301 a\u0308\u0323 not \u00E9 \u00E4");
        texts.put("right to left", "\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u202Eabc\u202C");
        texts.put("CJK", "\u6211\u559C\u6B22\u82F9\u679C\uD840\uDC0B");
        texts.put("invisible", "\uFEFFbom \u200Bzero \u00ADsoft \u00A0nbsp\u2028line\u2029paragraph");
        texts.put("noncharacters", "\uFFFE \uFFFF \uFFFD \uDBFF\uDFFF");
        texts.put("control characters", "\u0001\u0007\u001B[31m\u007F\u0085");
        texts.put("an error in words", "Error: x");
        texts.put("an error as JSON", "{\"error\": \"no such memory\"}");
        texts.put("JSON object", "{\"b\": 1, \"a\": [1.0, null, true], \"user_id\": \"other\", \"version\": 7}");
        texts.put("JSON string", "\"quoted\"");
        texts.put("JSON number", "1.0");
        texts.put("JSON null", "null");
        texts.put(
                "an envelope", "{\"v\":1,\"value\":\"inner\",\"metadata\":{},\"created_at\":\"2020-01-01T00:00:00Z\"}");
        texts.put("front matter", "---\nkey: value\n---\n[key] value <!-- version=1 -->");
        texts.put("SQL", "'); DROP TABLE memory; --");
        texts.put("percent escapes", "100 %41 %2F %00 &amp; &#65; ${HOME} \\u0041");
        texts.put("empty", "");
        return texts;
    }

    static List<String> hardNames() {
        return List.of(
                "a/b",
                "/",
                "a%b",
                "%2F",
                "\"",
                "'",
                "\\",
                ":",
                "a b",
                " a",
                "a ",
                "\u952E\u540D",
                "\uD83D\uDE00",
                "*",
                "_",
                "%",
                "A",
                "a",
                "\u00E9",
                "e\u0301",
                "../up",
                "a?b#c&d=e",
                "null",
                "0",
                "k".repeat(512),
                "\uD83D\uDE00".repeat(256));
    }

    @Test
    void everyTextComesBackExactly() {
        Map<String, MemoryEntry> stored = new LinkedHashMap<>();
        hardTexts().forEach((name, text) -> stored.put(name, store(name, text)));

        stored.values().forEach(this::assertHolds);
    }

    @Test
    void aMebibyteComesBackExactly() {
        String pattern = "line \u00E9\uD83D\uDE00 \"\\\r\n";
        MemoryEntry large = store("large", pattern.repeat(MIB / pattern.getBytes(StandardCharsets.UTF_8).length));
        MemoryEntry plain = store("plain", "x".repeat(MIB));

        assertHolds(large);
        assertHolds(plain);
    }

    @Test
    void everyKeyIsItself() {
        List<MemoryEntry> stored = hardNames().stream()
                .map(name -> store(name, "value of " + name))
                .toList();

        stored.forEach(this::assertHolds);
        assertThat(lookup("b")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void usersNeverCross() {
        List<String> users = List.of(
                user, user + "1", user + "/", user + "/a", user + "%", user + " ", user.toUpperCase(Locale.ROOT));
        List<String> keys = List.of("same", "a", "a/same");
        List<MemoryEntry> stored = users.stream()
                .flatMap(id -> keys.stream().map(key -> store(memory(id, key, "of " + id, Map.of()))))
                .toList();

        stored.forEach(this::assertHolds);
        assertThat(backend.retrieve(user + "2", "same")).isEqualTo(Lookup.MISSING);
        if (backend.capabilities().contains(Capability.LIST)) {
            for (String id : users) {
                assertThat(listed(id, 1000))
                        .hasSize(keys.size())
                        .allMatch(entry -> entry.userId().equals(id));
            }
        }
        if (backend.capabilities().contains(Capability.SEARCH)) {
            assertThat(backend.search(new SearchRequest(user, Query.of("same"), 1000))
                            .entries())
                    .hasSize(2);
            assertThat(backend.search(new SearchRequest(user, null, 1000)).entries())
                    .allMatch(entry -> entry.userId().equals(user));
        }
        backend.deleteAll(user, tick());
        stored.stream().filter(entry -> !entry.userId().equals(user)).forEach(this::assertHolds);
    }

    @Test
    void metadataComesBackWithItsNumbersAndOrder() {
        Map<String, Object> metadata = Json.parseObject("""
                {"z": 1, "a": {"y": [1, "two", {"deep": null}], "b": false}, "tenth": 0.1, "ten": 10.0, "tiny": 1e-7,
                 "max": 9223372036854775807, "beyond": 123456789012345678901234567890, "minus": -0.5,
                 "": "empty name", "text": "Error: \\r\\n \\u0000 \\ud83d\\ude00", "empty": {}, "none": []}""");
        MemoryEntry rich = store(memory(user, "rich", "value", metadata));
        MemoryEntry bare = store(memory(user, "bare", "value", Map.of()));

        assertHolds(rich);
        assertHolds(bare);
        assertThat(lookup("rich"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found ->
                                assertThat(Json.write(found.entry().metadata())).isEqualTo(Json.write(metadata)));
    }

    @Test
    void timesAreKeptToTheMillisecond() {
        Instant created = Instant.parse("2001-02-03T04:05:06.789Z");
        Instant updated = Instant.parse("2001-02-03T04:05:06.790Z");
        MemoryEntry entry = store(new MemoryEntry(user, "key", "value", Map.of(), created, updated, tick()));

        assertHolds(entry);
    }

    @Test
    void aStoreReplacesAllButTheTimeOfCreation() {
        MemoryEntry first = store(memory(user, "key", "old", Map.of("old", true)));
        MemoryEntry second = memory(user, "key", "new", Map.of("new", 1));
        MemoryEntry expected = second.withCreatedAt(first.createdAt());

        assertThat(backend.store(second))
                .isInstanceOfSatisfying(Lookup.Found.class, found -> assertSame(found.entry(), expected));
        assertHolds(expected);
    }

    @Test
    void aRepeatedStoreChangesNothing() {
        MemoryEntry entry = store("key", "value");

        store(entry);
        store(entry);

        assertHolds(entry);
        if (backend.capabilities().contains(Capability.LIST)) {
            assertThat(listed(user, 10)).hasSize(1);
        }
    }

    @Test
    void whatWasNeverStoredIsMissing() {
        store("key", "value");

        assertThat(lookup("other")).isEqualTo(Lookup.MISSING);
        assertThat(lookup("ke")).isEqualTo(Lookup.MISSING);
        assertThat(lookup("key ")).isEqualTo(Lookup.MISSING);
        assertThat(lookup("KEY")).isEqualTo(Lookup.MISSING);
    }

    @Test
    void anOlderStoreNeverReplacesANewerOne() {
        MemoryEntry older = memory("key", "older");
        MemoryEntry newer = store("key", "newer");

        Lookup answer = backend.store(older);

        if (keepsVersions()) {
            assertThat(answer).isEqualTo(new Lookup.Found(newer));
            assertHolds(newer);
        } else {
            assertThat(lookup("key")).isInstanceOf(Lookup.Found.class);
        }
    }

    @Test
    void ofTwoStoresWithOneVersionTheSameOneStaysInWhateverOrderTheyCome() {
        MemoryEntry first = store("one", "first");
        MemoryEntry second = store("two", "second").withVersion(first.version());
        MemoryEntry one = renamed(first, "one");
        MemoryEntry two = renamed(second, "one");
        MemoryEntry winner = WriteOrder.isNewer(two, one) ? two : one;

        Lookup answer = backend.store(two);
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo(winner.value()));

        backend.store(renamed(two, "other"));
        backend.store(renamed(one, "other"));
        for (String key : List.of("one", "other")) {
            assertThat(lookup(key))
                    .isInstanceOfSatisfying(
                            Lookup.Found.class,
                            found -> assertThat(found.entry().value()).isEqualTo(winner.value()));
        }
    }

    @Test
    void severalMemoriesAreStoredAsOneByOne() {
        MemoryEntry replaced = store("old", "before");
        HlcTimestamp newer = HlcTimestamp.atMillis(replaced.version().millis() + 3_600_000);
        MemoryEntry kept = store(memory("kept", "newer").withVersion(newer));
        List<MemoryEntry> entries = List.of(
                memory("new", "one"), memory("old", "after"), memory("kept", "older"), memory("e\u0301", "two"));

        List<Lookup> answers = backend.storeAll(entries);

        assertThat(answers).hasSize(4).allMatch(Lookup.Found.class::isInstance);
        assertHolds(entries.get(0));
        assertHolds(entries.get(1).withCreatedAt(replaced.createdAt()));
        assertHolds(entries.get(3));
        assertThat(lookup("kept"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class,
                        found -> assertThat(found.entry().value()).isEqualTo(kept.value()));
        assertThat(backend.storesAtOnce()).isPositive();
    }

    private static MemoryEntry renamed(MemoryEntry entry, String key) {
        Instant time = Instant.ofEpochMilli(entry.version().millis());
        return new MemoryEntry(entry.userId(), key, entry.value(), entry.metadata(), time, time, entry.version());
    }
}
