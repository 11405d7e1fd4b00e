package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.IndexReader;
import io.unifiedmemory.search.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Several segments as one index. */
final class SegmentIndexReader<E extends Exception> implements IndexReader<E> {

    private final PageReader<E> pages;
    private final Liveness<E> liveness;
    private final Conversations<E> conversations;
    private final TermReader<E> terms;
    private final SurfaceReader<E> surfaces;

    SegmentIndexReader(
            List<Segment> segments, PageReader<E> pages, Liveness<E> liveness, Conversations<E> conversations) {
        this.pages = pages;
        this.liveness = liveness;
        this.conversations = conversations;
        this.terms = new TermReader<>(segments, pages, liveness);
        this.surfaces = new SurfaceReader<>(segments, pages, liveness, terms);
    }

    @Override
    public long entries() {
        return liveness.entries();
    }

    @Override
    public long words() {
        return liveness.words();
    }

    @Override
    public void expect(Collection<Expression> expressions, Collection<Query.Edge> edges) throws E {
        List<Span> spans = new ArrayList<>(terms.spans(expressions));
        edges.forEach(edge -> spans.addAll(surfaces.spans(edge)));
        pages.load(spans);
    }

    @Override
    public long[] postings(Expression expression, int limit) throws E {
        pages.load(terms.spans(List.of(expression)));
        long[] ascending = terms.postings(expression);
        long[] latest = new long[Math.min(limit, ascending.length)];
        for (int i = 0; i < latest.length; i++) {
            latest[i] = ascending[ascending.length - 1 - i];
        }
        return latest;
    }

    @Override
    public List<String> surfacesFrom(String prefix, int limit) throws E {
        return surfaces.from(prefix, limit);
    }

    @Override
    public @Nullable List<String> surfacesAt(Query.Edge edge, int limit) throws E {
        return surfaces.at(edge, limit);
    }

    @Override
    public List<Place> places(long[] documents) throws E {
        long[] ids = Arrays.stream(documents).map(DocumentNumber::id).toArray();
        List<Conversations.Neighbours> found = conversations.neighbours(ids);
        Map<Long, Long> numbers = liveness.numbers(
                found.stream().flatMapToLong(SegmentIndexReader::ids).toArray());
        return found.stream()
                .filter(place -> numbers.containsKey(place.id()))
                .map(place -> new Place(
                        Objects.requireNonNull(numbers.get(place.id())),
                        place.conversation(),
                        numbers(place.next(), numbers),
                        numbers(place.previous(), numbers)))
                .toList();
    }

    @Override
    public long[] all() throws E {
        return liveness.numbers();
    }

    private static LongStream ids(Conversations.Neighbours place) {
        return Stream.of(List.of(place.id()), place.next(), place.previous())
                .flatMapToLong(ids -> ids.stream().mapToLong(Long::longValue));
    }

    private static List<Long> numbers(List<Long> ids, Map<Long, Long> numbers) {
        return ids.stream()
                .filter(numbers::containsKey)
                .map(id -> Objects.requireNonNull(numbers.get(id)))
                .toList();
    }
}
