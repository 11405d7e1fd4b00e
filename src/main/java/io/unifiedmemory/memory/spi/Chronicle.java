package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.BackendException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memories of a user by time, for a person who leafs through them: any part of the row, at once, and how many there
 * are of each day. It tells of the memories that the store holds and that have not expired. Thread-safe; every method
 * throws {@link BackendException} when the store fails.
 */
public interface Chronicle {

    /**
     * Memories in the order of their last change, the latest first, those without a time last. The order is the same
     * however the row is cut into parts.
     *
     * @param skip how many later ones stand before the first of these
     * @param limit how many at most, 1 or more
     * @param chars how much of each text is wanted
     * @param now what has expired by then is not there
     */
    Part newest(String userId, long skip, int limit, int chars, Instant now);

    /**
     * How many memories were created, and how many last changed, on each day on which there are any, the earliest first.
     * Those without a time are not counted.
     *
     * @param east how far the clock by which days begin is ahead of UTC; negative to the west
     * @param now as in {@link #newest}
     */
    List<Day> days(String userId, Duration east, Instant now);

    /**
     * What the memories are tagged with in the field {@code tags} of their metadata, an array or a single text: the most
     * frequent first.
     *
     * @param limit how many at most, 1 or more
     * @param now as in {@link #newest}
     */
    List<Tag> tags(String userId, int limit, Instant now);

    /**
     * A part of the row.
     *
     * @param total how many memories the whole row has
     */
    record Part(List<Line> lines, long total) {}

    /**
     * What a list shows of a memory.
     *
     * @param beginning of its text: as much as was wanted
     */
    record Line(
            String key,
            String beginning,
            Map<String, Object> metadata,
            @Nullable Instant updatedAt) {}

    /**
     * A day.
     *
     * @param created how many of the memories were created on it
     * @param changed how many of them were last changed on it
     */
    record Day(LocalDate day, long created, long changed) {}

    /** A tag, and how many memories have it. */
    record Tag(String tag, long memories) {}
}
