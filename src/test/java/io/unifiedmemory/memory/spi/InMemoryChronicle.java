package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The memories of {@link InMemoryStore} by time. */
final class InMemoryChronicle implements Chronicle {

    private final Function<String, Collection<MemoryEntry>> memories;

    InMemoryChronicle(Function<String, Collection<MemoryEntry>> memories) {
        this.memories = memories;
    }

    private List<MemoryEntry> held(String userId, Instant now) {
        return memories.apply(userId).stream()
                .filter(entry -> !entry.isExpired(Clock.fixed(now, ZoneOffset.UTC)))
                .sorted(SearchOrder.NEWEST_FIRST)
                .toList();
    }

    @Override
    public Part newest(String userId, long skip, int limit, int chars, Instant now) {
        List<MemoryEntry> held = held(userId, now);
        List<Line> lines = held.stream()
                .skip(skip)
                .limit(limit)
                .map(entry -> new Line(
                        entry.key(),
                        entry.value().substring(0, Math.min(chars, entry.value().length())),
                        entry.metadata(),
                        entry.updatedAt()))
                .toList();
        return new Part(lines, held.size());
    }

    @Override
    public List<Day> days(String userId, Duration east, Instant now) {
        Map<LocalDate, Day> days = new TreeMap<>();
        for (MemoryEntry entry : held(userId, now)) {
            count(days, entry.createdAt(), east, 1, 0);
            count(days, entry.updatedAt(), east, 0, 1);
        }
        return List.copyOf(days.values());
    }

    private static void count(
            Map<LocalDate, Day> days, @Nullable Instant time, Duration east, int created, int changed) {
        Stream.ofNullable(time)
                .map(at -> at.plus(east).atOffset(ZoneOffset.UTC).toLocalDate())
                .forEach(day -> days.merge(
                        day,
                        new Day(day, created, changed),
                        (a, b) -> new Day(day, a.created() + b.created(), a.changed() + b.changed())));
    }

    @Override
    public List<Tag> tags(String userId, int limit, Instant now) {
        Map<String, Long> counts = new TreeMap<>();
        for (MemoryEntry entry : held(userId, now)) {
            Object field = entry.metadata().get("tags");
            for (Object tag : field instanceof List<?> list ? list : Arrays.asList(field)) {
                if (tag instanceof String text) {
                    counts.merge(text, 1L, Long::sum);
                }
            }
        }
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(limit)
                .map(one -> new Tag(one.getKey(), one.getValue()))
                .toList();
    }
}
