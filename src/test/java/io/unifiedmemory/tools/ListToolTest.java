package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.access.Scope;
import io.unifiedmemory.access.UserSet;
import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.InMemoryBackend;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.BackendOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code get_all} answers, over a real database file and another backend. */
class ListToolTest {

    private static final int REPLY_CHARS = 100;

    private final InMemoryBackend other = new InMemoryBackend();

    @TempDir
    private Path folder;

    private UnifiedMemory memory = ToolBoxes.emptyMemory();
    private ToolBox tools = ToolBoxes.of(memory, ToolOptions.DEFAULT, Clock.systemUTC());

    @BeforeEach
    void open() {
        memory.close();
        memory = ToolBoxes.onSqlite(folder)
                .replica("other", other, BackendOptions.UPSTREAM)
                .build();
        Limits limits = new Limits(512, 1 << 20, 1 << 16, 1000, REPLY_CHARS);
        tools = ToolBoxes.of(memory, new ToolOptions(limits, null, false, false), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void everyPageSaysHowManyMemoriesThereAre() {
        List<String> keys = List.of("A", "a", "b/c", "\uffff", "𝄞");
        keys.forEach(key -> memory.store("anna", key, "value", Map.of()));
        memory.store("ben", "a", "value", Map.of());

        List<Map<String, Object>> pages = pages(2);

        assertThat(pages).hasSize(3).allSatisfy(page -> {
            assertThat(page).containsEntry("total", 5L).containsEntry("complete", true);
        });
        assertThat(pages.stream().flatMap(page -> memories(page).keySet().stream()))
                .containsExactlyElementsOf(keys);
        assertThat(pages.get(2)).doesNotContainKey("next_cursor");
    }

    @Test
    void aReplyEndsBeforeItIsTooLargeButHasOneMemory() {
        String large = "x".repeat(2 * REPLY_CHARS);
        memory.store("anna", "a", large, Map.of());
        memory.store("anna", "b", "x".repeat(60), Map.of());
        memory.store("anna", "c", "x".repeat(30), Map.of());
        memory.store("anna", "d", "x".repeat(30), Map.of());
        other.forget("anna", "b");

        assertThat(pages(10).stream()
                        .map(page -> String.join(",", memories(page).keySet())))
                .containsExactly("a", "b,c", "d");
    }

    @Test
    void tagsNarrowTheListingAcrossPagesAndBackends() {
        for (int i = 10; i < 60; i++) {
            memory.store("anna", "key " + i, "value", i % 20 == 0 ? Map.of("tags", List.of("rare", "b")) : Map.of());
        }
        other.store(new MemoryEntry(
                "anna", "there", "value", Map.of("tags", "rare"), null, null, HlcTimestamp.atMillis(1_000)));

        Map<String, Object> all = call("tags", List.of("rare"));

        assertThat(memories(all)).containsOnlyKeys("key 20", "key 40", "there");
        assertThat(all).containsEntry("total", 3L).doesNotContainKey("next_cursor");
        Map<String, Object> first = call("tags", "[\"rare\"]", "limit", 2);
        assertThat(memories(first)).containsOnlyKeys("key 20", "key 40");
        assertThat(first).doesNotContainKey("total");
        assertThat(memories(call("tags", "rare", "limit", 2, "cursor", first.get("next_cursor"))))
                .containsOnlyKeys("there");
        assertThat(memories(call("tags", List.of("rare", "b")))).containsOnlyKeys("key 20", "key 40");
        assertThat(memories(call("tags", List.of(), "limit", 1))).hasSize(1);
        assertThatThrownBy(() -> call("tags", List.of(1))).hasMessageContaining("tags must be an array of strings");
    }

    static Stream<String> foreignCursors() {
        ByteBuffer negative = ByteBuffer.allocate(18)
                .put((byte) 'l')
                .putLong(Cursor.hash("anna"))
                .putLong(-1)
                .put((byte) 'k');
        ByteBuffer withoutKey = ByteBuffer.allocate(17)
                .put((byte) 'l')
                .putLong(Cursor.hash("anna"))
                .putLong(1);
        ByteBuffer ofSearch = ByteBuffer.allocate(18)
                .put((byte) 's')
                .putLong(Cursor.hash("anna"))
                .putLong(1);
        return Stream.concat(
                Stream.of("b", "~", "no cursor"),
                Stream.of(negative, withoutKey, ofSearch).map(ByteBuffer::array).map(Cursor::encode));
    }

    @ParameterizedTest
    @MethodSource("foreignCursors")
    void whatIsNoCursorOfAListingIsRefused(String cursor) {
        assertThatThrownBy(() -> page(10, cursor))
                .isInstanceOf(ToolFailure.class)
                .hasMessageContaining("cursor must be a next_cursor that this tool returned");
    }

    private List<Map<String, Object>> pages(int limit) {
        List<Map<String, Object>> pages = new ArrayList<>();
        String cursor = null;
        do {
            pages.add(page(limit, cursor));
            cursor = (String) pages.get(pages.size() - 1).get("next_cursor");
        } while (cursor != null);
        return pages;
    }

    private Map<String, Object> page(int limit, @Nullable String cursor) {
        return cursor == null ? call("limit", limit) : call("limit", limit, "cursor", cursor);
    }

    private Map<String, Object> call(@Nullable Object... namesAndValues) {
        Map<String, Object> arguments = new LinkedHashMap<>(Map.of("user_id", "anna"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            arguments.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        Principal caller = new Principal("test", UserSet.ALL, Scope.READ);
        return tools.call("get_all", new ToolCall(arguments, Map.of(), caller)).structured();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> memories(Map<String, Object> page) {
        return (Map<String, String>) Objects.requireNonNull(page.get("memories"));
    }
}
