package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.Chronicle.Day;
import io.unifiedmemory.memory.spi.Chronicle.Line;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The memories by time. */
interface ChronicleContract extends PrimaryStoreSteps {

    Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    private MemoryEntry written(String key, @Nullable String created, @Nullable String updated) {
        return store(new MemoryEntry(
                user(),
                key,
                "text of " + key,
                Map.of("tags", List.of(key)),
                created == null ? null : Instant.parse(created),
                updated == null ? null : Instant.parse(updated),
                tick()));
    }

    private List<String> keys(long skip, int limit) {
        return primary().chronicle().newest(user(), skip, limit, 100, NOW).lines().stream()
                .map(Line::key)
                .toList();
    }

    @Test
    default void anyPartOfTheRowCanBeHad() {
        written("old", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        written("timeless", null, null);
        written("new", "2026-03-01T00:00:00Z", "2026-03-09T00:00:00Z");
        store(new MemoryEntry(user() + "2", "other", "of somebody else", Map.of(), NOW, NOW, tick()));

        Chronicle.Part part = primary().chronicle().newest(user(), 0, 2, 4, NOW);
        assertThat(part.total()).isEqualTo(3);
        assertThat(part.lines())
                .containsExactly(
                        new Line("new", "text", Map.of("tags", List.of("new")), Instant.parse("2026-03-09T00:00:00Z")),
                        new Line("old", "text", Map.of("tags", List.of("old")), Instant.parse("2026-03-01T00:00:00Z")));
        assertThat(keys(1, 1)).containsExactly("old");
        assertThat(keys(2, 5)).containsExactly("timeless");
        assertThat(keys(3, 5)).isEmpty();
    }

    /** As an import leaves them, of a file that knows no times. */
    @Test
    default void manyOfOneTimeAreOneRowHoweverItIsCut() {
        List<String> stored = IntStream.range(0, 60).mapToObj(i -> "k" + i).toList();
        for (String key : stored) {
            written(key, "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        }
        List<String> inParts = new ArrayList<>();
        for (int skip = 0; skip < stored.size(); skip += 7) {
            inParts.addAll(keys(skip, 7));
        }
        assertThat(inParts).containsExactlyInAnyOrderElementsOf(stored).isEqualTo(keys(0, 100));
    }

    @Test
    default void eachDayHasItsNumbers() {
        written("a", "2026-03-01T23:30:00Z", "2026-03-02T10:00:00Z");
        written("b", "2026-03-02T01:00:00Z", "2026-03-02T11:00:00Z");
        written("timeless", null, null);

        assertThat(primary().chronicle().days(user(), Duration.ZERO, NOW))
                .containsExactly(new Day(LocalDate.of(2026, 3, 1), 1, 0), new Day(LocalDate.of(2026, 3, 2), 1, 2));
        assertThat(primary().chronicle().days(user(), Duration.ofHours(1), NOW))
                .containsExactly(new Day(LocalDate.of(2026, 3, 2), 2, 2));
        assertThat(primary().chronicle().days(user(), Duration.ofHours(-11), NOW))
                .containsExactly(new Day(LocalDate.of(2026, 3, 1), 2, 1), new Day(LocalDate.of(2026, 3, 2), 0, 1));
        assertThat(primary().chronicle().days(user() + "2", Duration.ZERO, NOW)).isEmpty();
    }

    @Test
    default void whatHasExpiredIsNotThere() {
        MemoryEntry brief = written("short", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        store(new MemoryEntry(
                user(),
                "short",
                "text",
                Map.of(),
                brief.createdAt(),
                brief.updatedAt(),
                tick(),
                NOW.minusSeconds(1),
                null));
        written("long", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z");

        assertThat(primary().chronicle().newest(user(), 0, 10, 10, NOW).total()).isEqualTo(1);
        assertThat(keys(0, 10)).containsExactly("long");
        assertThat(primary().chronicle().days(user(), Duration.ZERO, NOW)).hasSize(1);
        assertThat(primary().chronicle().days(user(), Duration.ZERO, NOW.minusSeconds(2)))
                .hasSize(2);
    }

    @Test
    default void tagsComeWithTheirNumbersTheMostFrequentFirst() {
        tagged("a", Map.of("tags", List.of("tea", "green", 1, List.of("inner"))));
        tagged("b", Map.of("tags", "tea"));
        tagged("c", Map.of("tags", List.of("tea", "<b>")));
        tagged("d", Map.of("other", Map.of("tags", List.of("deep"))));
        tagged("e", Map.of("tags", List.of("odd"), "text", "\u0000"));

        List<Chronicle.Tag> tags = primary().chronicle().tags(user(), 10, NOW);
        assertThat(tags)
                .startsWith(new Chronicle.Tag("tea", 3))
                .contains(new Chronicle.Tag("green", 1), new Chronicle.Tag("<b>", 1))
                .doesNotContain(new Chronicle.Tag("deep", 1), new Chronicle.Tag("1", 1));
        assertThat(primary().chronicle().tags(user(), 1, NOW)).containsExactly(new Chronicle.Tag("tea", 3));
        assertThat(primary().chronicle().tags(user() + "2", 10, NOW)).isEmpty();
    }

    private void tagged(String key, Map<String, Object> metadata) {
        store(new MemoryEntry(user(), key, "text", metadata, NOW, NOW, tick()));
    }
}
