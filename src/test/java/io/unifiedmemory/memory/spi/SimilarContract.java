package io.unifiedmemory.memory.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.MemoryEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a store of record knows of memories that say nearly the same. */
interface SimilarContract extends PrimaryStoreSteps {

    String TEXT = "Anna prefers green tea in the morning";

    private List<String> similarTo(MemoryEntry memory, int limit) {
        return primary().similar(memory, limit, Duration.ofMinutes(1)).stream()
                .map(one -> one.entry().key())
                .toList();
    }

    @Test
    default void similarTextsUnderOtherKeysAreFoundTheMostSimilarFirst() {
        store("black", "Anna prefers black tea in the morning");
        store("green", TEXT);
        store("green too", "In the morning Anna prefers green tea");
        store("deadline", "The deadline of project X is on Friday");

        assertThat(similarTo(memory("new", TEXT), 5)).containsExactly("green", "green too", "black");
        assertThat(similarTo(memory("green", TEXT), 5)).containsExactly("green too", "black");
        assertThat(similarTo(memory("new", TEXT), 1)).containsExactly("green");
    }

    @Test
    default void whatWasChangedOrDeletedIsNoLongerSimilar() {
        store("changed", TEXT);
        store("deleted", TEXT);
        assertThat(similarTo(memory("new", TEXT), 5)).containsExactly("changed", "deleted");

        backend().store(memory("changed", "The deadline of project X is on Friday"));
        backend().delete(user(), "deleted", tick());

        assertThat(primary().similar(memory("new", TEXT), 5, Duration.ofMinutes(1)))
                .as("before the index knows")
                .isEmpty();
        assertThat(similarTo(memory("new", TEXT), 5)).isEmpty();
    }

    @Test
    default void memoriesOfOtherUsersAreNotSimilar() {
        store(memory(user() + " other", "green", TEXT, Map.of()));

        assertThat(similarTo(memory("new", TEXT), 5)).isEmpty();
    }
}
