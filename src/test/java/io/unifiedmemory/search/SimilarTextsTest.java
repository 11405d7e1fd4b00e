package io.unifiedmemory.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.HlcTimestamp;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.spi.SimilarMemory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarTextsTest {

    private final InMemoryIndex index = new InMemoryIndex();
    private long last;

    private void keep(String key, String value) {
        index.add(++last, memory(key, value));
    }

    private static MemoryEntry memory(String key, String value) {
        Instant time = Instant.EPOCH;
        return new MemoryEntry("u", key, value, Map.of(), time, time, HlcTimestamp.NONE);
    }

    private List<SimilarMemory> similarTo(String value) {
        return new SimilarTexts<>(index, index).to(memory("new", value), List.of(), 3, () -> false);
    }

    private List<String> keysSimilarTo(String value) {
        return similarTo(value).stream().map(one -> one.entry().key()).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Anna prefers green tea in the morning | anna prefers green tea in the morning!",
                "Anna prefers green tea in the morning | In the morning, Anna prefers green tea",
                "Anna prefers green tea in the morning | Anna prefers green tea every morning",
                "Anna prefers green tea in the morning | Anna prefers black tea in the morning",
                "The staging server listens on port 8080 | The staging server listens on port 9090",
                "Die Haftpflichtversicherung kostet 80 Euro | Die Haftpflichtversicherung kostet 95 Euro",
                "\u4eca\u5929\u6211\u559d\u4e86\u7eff\u8336\u548c\u5496\u5561 | \u4eca\u5929\u6211\u559d\u4e86\u7eff\u8336\u548c\u725b\u5976"
            })
    void aTextThatSharesMostWordsIsSimilar(String one, String other) {
        keep("old", one);
        keep("another", "The deadline of project X is on Friday");

        assertThat(keysSimilarTo(other)).containsExactly("old");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Anna prefers green tea in the morning | Anna prefers to walk to work",
                "Anna prefers green tea in the morning | Bob met Anna in a shop for tea and cake last week",
                "The user's favourite colour is blue | The user's favourite food is pizza",
                "likes tea | likes tea",
                "Thanks, Anna! | Thanks, Anna!",
                "a cat | cats and dogs and birds and mice live in this house with their owners"
            })
    void aTextThatSharesSomeWordsOrHasOnlyFewIsNot(String one, String other) {
        keep("old", one);

        assertThat(keysSimilarTo(other)).isEmpty();
    }

    @Test
    void theMostSimilarComeFirstAndTheKeyItselfIsNotAmongThem() {
        keep("half", "Anna prefers green tea early in the morning with Bob");
        keep("new", "Anna prefers green tea in the morning");
        keep("same", "In the morning Anna prefers green tea");
        keep("b", "Anna prefers black tea in the morning");
        keep("a", "Anna prefers white tea in the morning");

        List<SimilarMemory> similar = similarTo("Anna prefers green tea in the morning");

        assertThat(similar).extracting(one -> one.entry().key()).containsExactly("same", "half", "a");
        assertThat(similar.get(0).likeness()).isEqualTo(1);
        assertThat(similar.get(1).likeness()).isEqualTo(5 / 7.0, Offset.offset(1e-9));
    }

    @Test
    void whatIsGoneIsPassedOver() {
        keep("old", "Anna prefers green tea in the morning");
        index.remove(last);

        assertThat(keysSimilarTo("Anna prefers green tea in the morning")).isEmpty();
    }

    @Test
    void whatTheIndexDoesNotKnowYetIsComparedToo() {
        keep("changed", "Anna prefers green tea in the morning");
        index.remove(last);

        List<SimilarMemory> similar = new SimilarTexts<>(index, index)
                .to(
                        memory("new", "Anna prefers green tea in the morning"),
                        List.of(
                                memory("new", "Anna prefers green tea in the morning"),
                                memory("latest", "In the morning Anna prefers green tea"),
                                memory("other", "The deadline of project X is on Friday")),
                        3,
                        () -> false);

        assertThat(similar).extracting(one -> one.entry().key()).containsExactly("latest");
    }

    @Test
    void aTextOfFrequentWordsAndOneRareWordIsFoundByThat() {
        IntStream.range(0, 200).forEach(i -> keep("note " + i, "sensor report says value " + (1000 + i)));

        assertThat(keysSimilarTo("sensor report says value 1007")).first().isEqualTo("note 7");
    }

    @Test
    void aTextThatIsLikeVeryManyOthersIsLikeNone() {
        IntStream.range(0, 200).forEach(i -> keep("note " + i, "sensor report says nothing new"));

        assertThat(keysSimilarTo("sensor report says nothing new")).isEmpty();
    }

    @Test
    void aLongTextIsNotCompared() {
        String text = IntStream.range(0, 3_000).mapToObj(i -> "word" + i).reduce("", (a, b) -> a + " " + b);
        keep("old", text);

        assertThat(keysSimilarTo(text)).isEmpty();
    }

    @Test
    void whoeverIsToldToStopReadsNothingMore() {
        keep("a", "Anna prefers green tea in the morning");
        keep("b", "Anna prefers green tea in the morning");
        AtomicInteger asked = new AtomicInteger();

        List<SimilarMemory> found = new SimilarTexts<>(index, index)
                .to(
                        memory("new", "Anna prefers green tea in the morning"),
                        List.of(),
                        3,
                        () -> asked.incrementAndGet() > 6);

        assertThat(found).hasSize(1);
    }
}
