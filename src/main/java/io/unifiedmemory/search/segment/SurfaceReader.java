package io.unifiedmemory.search.segment;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.PostingCodec;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the words of living memories as they are written. Not thread-safe. */
final class SurfaceReader<E extends Exception> {

    private static final List<Kind> KINDS = List.of(Kind.SURFACE, Kind.STEM);

    private final List<Segment> segments;
    private final PageReader<E> pages;
    private final Liveness<E> liveness;
    private final TermReader<E> terms;

    SurfaceReader(List<Segment> segments, PageReader<E> pages, Liveness<E> liveness, TermReader<E> terms) {
        this.segments = segments;
        this.pages = pages;
        this.liveness = liveness;
        this.terms = terms;
    }

    /** What is certainly to be loaded for the words at an edge. */
    List<Span> spans(Query.Edge edge) {
        List<Span> spans = new ArrayList<>();
        for (Segment segment : segments) {
            if (!edge.openBefore()) {
                spans.addAll(beginning(segment, edge.form()));
            } else if (isLongEnough(edge)) {
                spans.addAll(segment.hasGrams() ? grams(segment, edge) : beginning(segment, ""));
            }
        }
        return spans;
    }

    private static List<Span> beginning(Segment segment, String prefix) {
        return KINDS.stream()
                .map(kind -> Span.ofAllThatBegin(segment, Keys.of(Keys.letter(kind), prefix)))
                .toList();
    }

    /** The words that begin with a prefix, in ascending order. */
    List<String> from(String prefix, int limit) throws E {
        Set<String> words = new TreeSet<>(KeyOrder.COMPARATOR);
        List<Span> spans = segments.stream()
                .flatMap(segment -> beginning(segment, prefix).stream())
                .toList();
        pages.load(spans);
        for (int i = 0; i < segments.size(); i++) {
            for (Span span : beginning(segments.get(i), prefix)) {
                addWritten(i, span, words);
            }
        }
        return words.stream().limit(limit).toList();
    }

    private void addWritten(int segment, Span span, Collection<String> words) throws E {
        pages.read(span, entry -> {
            if (terms.isWrittenAnywhere(segment, entry)) {
                words.add(Keys.text(entry.key()));
            }
        });
    }

    /** The words that fit an edge, see {@link io.unifiedmemory.search.IndexReader#surfacesAt}. */
    @Nullable
    List<String> at(Query.Edge edge, int limit) throws E {
        List<String> words;
        if (!edge.openBefore()) {
            words = from(edge.form(), limit + 1);
        } else if (isLongEnough(edge)) {
            words = within(edge);
        } else {
            return null;
        }
        return words.size() > limit ? null : words;
    }

    /** With less, most words have it. */
    private static boolean isLongEnough(Query.Edge edge) {
        return edge.form().codePointCount(0, edge.form().length()) >= Words.GRAM - 1;
    }

    private List<String> within(Query.Edge edge) throws E {
        pages.load(spans(edge));
        Set<String> words = new TreeSet<>(KeyOrder.COMPARATOR);
        Map<Integer, Set<String>> listed = listed(edge);
        for (int i = 0; i < segments.size(); i++) {
            Set<String> found = listed.get(i);
            if (found == null) {
                lookThrough(i, edge, words);
            } else if (liveness.dead(i).length == 0) {
                words.addAll(found);
            } else {
                for (String word : found) {
                    for (Span span : exactly(segments.get(i), word)) {
                        addWritten(i, span, words);
                    }
                }
            }
        }
        return List.copyOf(words);
    }

    private void lookThrough(int segment, Query.Edge edge, Collection<String> words) throws E {
        for (Span span : beginning(segments.get(segment), "")) {
            pages.read(span, entry -> {
                String word = Keys.text(entry.key());
                if (edge.fits(word) && terms.isWrittenAnywhere(segment, entry)) {
                    words.add(word);
                }
            });
        }
    }

    /** The words that fit, of the segments with grams: alive or not. Loads what tells whether they are alive. */
    private Map<Integer, Set<String>> listed(Query.Edge edge) throws E {
        Map<Integer, long[]> numbers = new LinkedHashMap<>();
        List<Span> chunks = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.hasGrams()) {
                numbers.put(i, numbers(segment, edge));
                chunks.addAll(chunks(segment, numbers.get(i)));
            }
        }
        pages.load(chunks);
        Map<Integer, Set<String>> words = new LinkedHashMap<>();
        List<Span> doubtful = new ArrayList<>();
        for (Map.Entry<Integer, long[]> found : numbers.entrySet()) {
            Segment segment = segments.get(found.getKey());
            Set<String> fitting = words(segment, found.getValue());
            fitting.removeIf(word -> !edge.fits(word));
            words.put(found.getKey(), fitting);
            if (liveness.dead(found.getKey()).length > 0) {
                fitting.forEach(word -> doubtful.addAll(exactly(segment, word)));
            }
        }
        pages.load(doubtful);
        return words;
    }

    private static List<Span> exactly(Segment segment, String word) {
        return KINDS.stream()
                .map(kind -> Span.of(segment, Keys.of(Keys.letter(kind), word)))
                .toList();
    }

    /** The grams which a word with that edge has; of a form of two characters, those that begin with it. */
    private static List<Span> grams(Segment segment, Query.Edge edge) {
        String part = edge.openBehind() ? edge.form() : edge.form() + Words.END;
        Set<String> grams = Words.grams(part);
        return grams.isEmpty()
                ? List.of(Span.ofAllThatBegin(segment, Keys.of(Keys.GRAMS, part)))
                : grams.stream()
                        .map(gram -> Span.of(segment, Keys.of(Keys.GRAMS, gram)))
                        .toList();
    }

    /** The numbers of words that have all these grams. */
    private long[] numbers(Segment segment, Query.Edge edge) throws E {
        long[] common = null;
        for (Span gram : grams(segment, edge)) {
            LongList list = new LongList();
            pages.read(gram, entry -> Postings.read(entry.value(), list));
            common = common == null ? list.toSet() : PostingCodec.intersection(common, list.toSet());
        }
        return common == null ? new long[0] : common;
    }

    private static List<Span> chunks(Segment segment, long[] numbers) {
        return Arrays.stream(numbers)
                .map(number -> number / Words.IN_CHUNK)
                .distinct()
                .mapToObj(chunk -> Span.of(segment, Keys.of(Keys.WORDS, chunk * Words.IN_CHUNK)))
                .toList();
    }

    private Set<String> words(Segment segment, long[] numbers) throws E {
        Set<String> words = new HashSet<>();
        int next = 0;
        for (Span chunk : chunks(segment, numbers)) {
            List<String> all = new ArrayList<>();
            pages.read(chunk, entry -> all.addAll(Words.read(entry.value())));
            long first = numbers[next] / Words.IN_CHUNK * Words.IN_CHUNK;
            while (next < numbers.length && numbers[next] < first + Words.IN_CHUNK) {
                int place = (int) (numbers[next++] - first);
                if (place >= all.size()) {
                    throw new DamagedSegmentException("a word is named that is none");
                }
                words.add(all.get(place));
            }
        }
        return words;
    }
}
