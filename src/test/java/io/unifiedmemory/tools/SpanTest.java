package io.unifiedmemory.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifiedmemory.memory.util.Texts;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanTest {

    private static final List<String> PARTS = List.of(
            "tea",
            "Tea",
            "garden",
            "gardens",
            "the",
            " ",
            " ",
            " ",
            "\n",
            ", ",
            "?",
            "\u00E9",
            "e\u0301",
            "\u0130",
            "\u6211\u559C\u6B22",
            "\uD83C\uDF75",
            "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
            "\u03A3",
            "\u00DF");

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int parts = random.nextInt(most); parts > 0; parts--) {
            text.append(PARTS.get(random.nextInt(PARTS.size())));
        }
        return text.toString();
    }

    private static List<Span> spans(Random random, int length) {
        List<Span> spans = new ArrayList<>();
        int at = random.nextInt(20);
        while (at < length) {
            int end = Math.min(length, at + 1 + random.nextInt(random.nextInt(10) == 0 ? 80 : 8));
            spans.add(new Span(at, end));
            at = end + random.nextInt(60);
        }
        return spans;
    }

    @Test
    void theWindowHasAsManySpansAsAnyOther() {
        for (int seed = 0; seed < 1_500; seed++) {
            Random random = new Random(seed);
            String text = "x".repeat(random.nextInt(400));
            List<Span> spans = spans(random, text.length());
            int chars = 1 + random.nextInt(120);

            Span window = Span.window(text, spans, chars);

            assertThat(window.start()).as("seed %d", seed).isNotNegative();
            assertThat(window.end()).as("seed %d", seed).isLessThanOrEqualTo(text.length());
            assertThat(window.end() - window.start()).as("seed %d", seed).isLessThanOrEqualTo(chars);
            long most = 0;
            for (int start = 0; start < Math.max(1, text.length()); start++) {
                most = Math.max(most, within(new Span(start, start + chars), spans));
            }
            assertThat(within(window, spans)).as("seed %d", seed).isEqualTo(most);
            if (most > 0) {
                assertThat(window.end() - window.start()).as("seed %d", seed).isEqualTo(Math.min(chars, text.length()));
            }
        }
    }

    private static long within(Span window, List<Span> spans) {
        return spans.stream()
                .filter(span -> span.start() >= window.start() && span.end() <= window.end())
                .count();
    }

    @Test
    void ofSpansThatAreAllTooLongTheFirstBegins() {
        assertThat(Span.window("x".repeat(100), List.of(new Span(20, 60), new Span(70, 90)), 10))
                .isEqualTo(new Span(20, 30));
        assertThat(Span.window("x".repeat(100), List.of(), 10)).isEqualTo(new Span(0, 10));
    }

    @Test
    void marksAndCutsSayWhatIsLeftOut() {
        String text = "one two\n\n three four";
        List<Span> spans = List.of(new Span(0, 3), new Span(4, 7), new Span(10, 15));

        assertThat(Span.marked(text, new Span(4, 15), spans))
                .isEqualTo("\u2026\u00ABtwo\u00BB \u00ABthree\u00BB\u2026");
        assertThat(Span.marked(text, new Span(0, text.length()), List.of())).isEqualTo("one two three four");
        assertThat(Span.cut(text, new Span(0, 3))).isEqualTo("one\u2026");
    }

    @Test
    void neighboursAreTwoAndWhatOverlapsIsOne() {
        assertThat(new Highlighter(Query.of("\uD83C\uDF75 tea")).spans("tea\uD83C\uDF75, teas"))
                .containsExactly(new Span(0, 3), new Span(3, 5), new Span(7, 11));
        assertThat(new Highlighter(Query.of("green tea")).spans("evergreen teapot, tea"))
                .containsExactly(new Span(4, 13), new Span(18, 21));
    }

    @Test
    void highlightsLieWithinTheTextInOrderAndNoneInAnother() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            String text = text(random, 60);
            String query = random.nextBoolean() ? text(random, 6) : partOf(text, random);
            List<Span> spans = new Highlighter(Query.of(query)).spans(text);
            String what = "seed " + seed + ", '" + query + "' in '" + text + "'";

            int behind = 0;
            for (Span span : spans) {
                assertThat(span.start()).as(what).isGreaterThanOrEqualTo(behind);
                assertThat(span.end()).as(what).isGreaterThan(span.start());
                behind = span.end();
            }
            assertThat(behind).as(what).isLessThanOrEqualTo(text.length());
            if (!query.isBlank() && text.toLowerCase(Locale.ROOT).contains(query.toLowerCase(Locale.ROOT))) {
                assertThat(spans).as(what).isNotEmpty();
            }
            Span window = Span.window(text, spans, 50);
            assertThat(window.end() - window.start()).as(what).isLessThanOrEqualTo(50);
            assertThat(Texts.unpairedSurrogate(Span.cut(text, window))).as(what).isNegative();
            assertThat(Span.marked(text, window, spans).replaceAll("[\u00AB\u00BB]", ""))
                    .as(what)
                    .isEqualTo(Span.marked(text, window, List.of()));
        }
    }

    private static String partOf(String text, Random random) {
        int from = Texts.boundary(text, random.nextInt(text.length() + 1));
        return text.substring(from, Texts.boundary(text, from + random.nextInt(20)));
    }
}
