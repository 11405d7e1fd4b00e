package io.unifiedmemory.search.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.RandomTexts;
import io.unifiedmemory.store.sqlite.SqliteStore;
import io.unifiedmemory.store.sqlite.UpToDate;
import io.unifiedmemory.store.sqlite.db.SqliteDatabase;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldMemoriesTest {

    /** So many follow each other in one of the conversations. */
    private static final int IN_CONVERSATION = 10;

    @Test
    void theyAreFoundInTheSameOrderAsInAStore(@TempDir Path folder) {
        Random random = new Random(11);
        List<MemoryEntry> entries = new ArrayList<>();
        SqliteDatabase database = new SqliteDatabase(SqliteOptions.of(folder.resolve("memory.db")));
        try (SqliteStore store = new SqliteStore(database)) {
            for (int i = 1; i <= 120; i++) {
                MemoryEntry entry = memory(i, "x " + RandomTexts.text(random, 8));
                entries.add(entry);
                store.store(entry);
            }
            UpToDate.bring(database);
            HeldMemories held = new HeldMemories(entries);
            for (int i = 0; i < 200; i++) {
                SearchOrder order = i % 5 == 0 ? SearchOrder.RECENCY : SearchOrder.RELEVANCE;
                String text = RandomTexts.word(random) + " " + RandomTexts.text(random, 2);
                SearchRequest request = new SearchRequest("user", Query.of(text), 20, order, SearchFilter.NONE);

                assertThat(held.search(request, Query.of(text)))
                        .as(text)
                        .usingRecursiveFieldByFieldElementComparator()
                        .isEqualTo(store.search(request).hits());
            }
        }
    }

    private static MemoryEntry memory(int number, String text) {
        Instant time = Instant.ofEpochSecond(number);
        Map<String, Object> metadata = number % 4 == 0
                ? Map.of("topic", "tea")
                : Map.of("session", "s" + number / IN_CONVERSATION, "date", "2023-05-" + (10 + number % 7));
        return new MemoryEntry("user", "key " + number, text, metadata, time, time, HlcTimestamp.atMillis(number));
    }

    @Test
    void whereThereAreNoneNothingIsFound() {
        assertThat(new HeldMemories(List.of()).search(new SearchRequest("user", Query.of("tea"), 10), Query.of("tea")))
                .isEmpty();
    }
}
