package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContainingTest {

    @Test
    void narrowsDownByTheWordsInsideElseByThoseAtTheEdges() {
        InMemoryIndex index = index("green teas with honey", "a green tea", "teapots", "honey");

        assertThat(ids(candidates(index, "een teas with hon"))).containsExactly(2L, 1L);
        assertThat(ids(candidates(index, "teap"))).containsExactly(3L);
        assertThat(ids(candidates(index, "nowhere"))).isEmpty();
        assertThat(candidates(index, "wit")).as("a part of a stop word").isNull();
        assertThat(candidates(index, "?!")).isNull();
    }

    @Test
    void ofManyTheLatestAreAnIncompleteAnswer() {
        InMemoryIndex index = index("one pond", "two ponds", "three ponds");
        PostingLists<RuntimeException> lists = new PostingLists<>(index);
        Containing<RuntimeException> containing = new Containing<>(index, lists, Query.of(" pond "));

        Containing.Candidates latest = Objects.requireNonNull(containing.candidates(2));
        Containing.Candidates all = Objects.requireNonNull(containing.candidates(4));

        assertThat(ids(latest)).containsExactly(3L, 2L);
        assertThat(latest.complete()).isFalse();
        assertThat(ids(all)).containsExactly(3L, 2L, 1L);
        assertThat(all.complete()).isTrue();
    }

    /** Cut out anywhere: within words, characters with marks and signs, beside or inside stop words, in any case. */
    @Test
    void allThatContainTheQueryAreAmongThem() {
        int narrowed = 0;
        int contained = 0;
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            String[] texts = new String[5];
            Arrays.setAll(texts, i -> RandomTexts.text(random, 6));
            String query = RandomTexts.partOf(texts[0], random);
            InMemoryIndex index = index(texts);

            Containing.Candidates candidates = candidates(index, query);

            if (candidates != null) {
                Set<Long> containing = index.documents().stream()
                        .filter(document ->
                                RandomTexts.contains(document.entry().value(), query))
                        .map(InMemoryIndex.Document::id)
                        .collect(Collectors.toSet());
                assertThat(ids(candidates))
                        .as("seed %d, '%s' in %s", seed, query, List.of(texts))
                        .containsAll(containing);
                narrowed++;
                contained += containing.size();
            }
        }
        assertThat(narrowed).isBetween(1_000, 2_900);
        assertThat(contained).isGreaterThan(narrowed);
    }

    private static InMemoryIndex index(String... texts) {
        InMemoryIndex index = new InMemoryIndex();
        for (int i = 0; i < texts.length; i++) {
            HlcTimestamp version = new HlcTimestamp(1 + i);
            index.add(1 + i, new MemoryEntry("u", "", texts[i], Map.of(), null, null, version));
        }
        return index;
    }

    private static Containing.@Nullable Candidates candidates(InMemoryIndex index, String query) {
        return new Containing<>(index, new PostingLists<>(index), Query.of(query)).candidates(Integer.MAX_VALUE);
    }

    private static List<Long> ids(Containing.@Nullable Candidates candidates) {
        return Arrays.stream(Objects.requireNonNull(candidates).documents())
                .map(DocumentNumber::id)
                .boxed()
                .toList();
    }
}
