package io.unifiedmemory.store.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.UpToDate;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSearchTest {

    private static final String[] PARTS = {
        "a",
        "B",
        "k",
        "\u212A",
        "\u00E9",
        "e\u0301",
        "\u03C3",
        "\u03A3",
        "\u0130",
        "\u0131",
        "\u00DF",
        "\u1E9E",
        "\u05D0",
        "\u6211",
        "\uD83D\uDE00",
        "\u200D",
        " ",
        "\n",
        "\0",
        "\"",
        "'",
        "%",
        "_",
        "*",
        "AND",
        "NEAR(",
        ")",
        ":",
        "-",
        "tea",
        "\uFFFF"
    };

    @TempDir
    Path folder;

    private SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(Path.of("unused")));
    private SqliteStore backend = new SqliteStore(database);
    private long clock;

    @BeforeEach
    void open() {
        database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        backend = new SqliteStore(database);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void everySubstringOfEveryEntryIsFoundThroughAnyHistory() throws Exception {
        Random random = new Random(4);
        Map<String, String> model = new TreeMap<>();
        for (int step = 0; step < 600; step++) {
            String key = "key " + random.nextInt(60) + PARTS[random.nextInt(PARTS.length)].replace("\0", "");
            int choice = random.nextInt(20);
            if (choice == 0) {
                backend.deleteAll("user", version());
                model.clear();
            } else if (choice < 4) {
                backend.delete("user", key, version());
                model.remove(key);
            } else {
                String value = text(random, 12);
                store("user", key, value);
                store("other", key, value);
                model.put(key, value);
            }
            assertFindsWhatContains(text(random, 3), model);
            if (!model.isEmpty()) {
                String some = List.copyOf(model.values()).get(random.nextInt(model.size()));
                assertFindsWhatContains(part(random, some), model);
            }
        }
        UpToDate.bring(database);
        assertThat(database.<Long>read(session -> session.number("SELECT count(*) FROM search_entry")))
                .isEqualTo(database.<Long>read(session -> session.number("SELECT count(*) FROM memory")));
        assertThat(database.<Long>read(
                        session -> session.number("SELECT count(*) FROM search_term WHERE rowid & 3 = 0")))
                .isEqualTo(database.<Long>read(session -> session.number("SELECT count(*) FROM memory")));
    }

    private void assertFindsWhatContains(String query, Map<String, String> model) {
        if (query.isEmpty()) {
            return;
        }
        String folded = CaseFolding.fold(query);
        List<String> expected = model.entrySet().stream()
                .filter(entry -> CaseFolding.fold(entry.getKey()).contains(folded)
                        || CaseFolding.fold(entry.getValue()).contains(folded))
                .map(Map.Entry::getKey)
                .toList();
        List<MemoryEntry> hits =
                backend.search(new SearchRequest("user", Query.of(query), 1000)).entries();

        assertThat(hits).allMatch(hit -> hit.userId().equals("user"));
        assertThat(hits).allMatch(hit -> hit.value().equals(model.get(hit.key())));
        assertThat(hits).extracting(MemoryEntry::key).doesNotHaveDuplicates();
        assertThat(hits.stream().limit(expected.size()).map(MemoryEntry::key))
                .as("first those that contain <%s>", query)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, 1 + random.nextInt(most)).forEach(i -> text.append(PARTS[random.nextInt(PARTS.length)]));
        return text.toString();
    }

    private static String part(Random random, String text) {
        int length = text.codePointCount(0, text.length());
        int from = text.offsetByCodePoints(0, random.nextInt(length));
        int to = text.offsetByCodePoints(from, random.nextInt(text.codePointCount(from, text.length())) + 1);
        return text.substring(from, to);
    }

    @Test
    void entriesWithTheWholeQueryComeBeforeThoseWithSomeOfItsWords() {
        store("user", "word", "honey honey honey");
        store("user", "whole", "long text about something else, and then once: green tea with honey");
        store("user", "both", "tea is green, honey is not");
        store("user", "none", "what is with it");

        List<MemoryEntry> hits = backend.search(new SearchRequest("user", Query.of("Green tea with HONEY"), 10))
                .entries();

        assertThat(hits).extracting(MemoryEntry::key).startsWith("whole").containsOnly("whole", "word", "both");
        assertThat(backend.search(new SearchRequest("user", Query.of("Green tea with HONEY"), 1))
                        .entries())
                .extracting(MemoryEntry::key)
                .containsExactly("whole");
    }

    @Test
    void rareWordsCountMoreThanFrequentOnes() {
        IntStream.range(0, 30).forEach(i -> store("user", "filler " + i, "about the garden " + i));
        store("user", "answer", "the heron in the garden");

        assertThat(backend.search(new SearchRequest("user", Query.of("garden heron"), 10))
                        .entries()
                        .get(0)
                        .key())
                .isEqualTo("answer");
    }

    @Test
    void questionWordsFindNothing() {
        store("user", "key", "What would you do there? Why, that is how they would.");

        assertThat(backend.search(new SearchRequest("user", Query.of("what would they have"), 10))
                        .entries())
                .isEmpty();
    }

    @Test
    void partsOfVeryLongWordsAreFoundToo() {
        String word = "beginning" + "x".repeat(20) + "middle" + "y".repeat(20) + "ending";
        store("user", "long", word);
        IntStream.range(0, 100).forEach(i -> store("user", "key " + i, "word" + i + "behind"));

        for (String part : List.of("inning", "xmid", "ending", word)) {
            assertThat(backend.search(new SearchRequest("user", Query.of(part), 10))
                            .entries())
                    .extracting(MemoryEntry::key)
                    .containsExactly("long");
        }
        assertThat(backend.search(new SearchRequest("user", Query.of("rd42be"), 10))
                        .entries())
                .extracting(MemoryEntry::key)
                .containsExactly("key 42");
    }

    @Test
    void aLongQueryIsComparedToItsEnd() {
        String text = "a long text that goes on ".repeat(1000);
        store("user", "whole", "before " + text + "after");
        store("user", "almost", "before " + text + "afters".substring(0, 3));

        List<MemoryEntry> hits = backend.search(new SearchRequest("user", Query.of("BEFORE " + text + "after"), 10))
                .entries();

        assertThat(hits).extracting(MemoryEntry::key).containsExactly("whole", "almost");
        assertThat(backend.search(new SearchRequest("user", Query.of("\u6211".repeat(5000)), 10))
                        .entries())
                .isEmpty();
    }

    @Test
    void aQueryWithoutAnyTextMeansTheNewest() {
        store("user", "first", "value");
        store("user", "second", "value");

        assertThat(backend.search(new SearchRequest("user", Query.of(""), 10)).entries())
                .extracting(MemoryEntry::key)
                .containsExactly("second", "first");
    }

    private void store(String user, String key, String value) {
        HlcTimestamp version = version();
        Instant time = Instant.ofEpochMilli(version.millis());
        backend.store(new MemoryEntry(user, key, value, Map.of(), time, time, version));
    }

    private HlcTimestamp version() {
        return HlcTimestamp.atMillis(++clock);
    }
}
