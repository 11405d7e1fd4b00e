package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.Expression;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.PostingCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Reads the living postings of terms, and combines them. Not thread-safe. */
final class TermReader<E extends Exception> {

    private final List<Segment> segments;
    private final PageReader<E> pages;
    private final Liveness<E> liveness;

    TermReader(List<Segment> segments, PageReader<E> pages, Liveness<E> liveness) {
        this.segments = segments;
        this.pages = pages;
        this.liveness = liveness;
    }

    /** What is to be loaded for expressions. */
    List<Span> spans(Collection<Expression> expressions) {
        List<Span> spans = new ArrayList<>();
        expressions.forEach(expression -> addSpans(expression, spans));
        return spans;
    }

    private void addSpans(Expression expression, List<Span> spans) {
        if (expression instanceof Expression.AllOf all) {
            all.parts().forEach(part -> addSpans(part, spans));
        } else if (expression instanceof Expression.AnyOf any) {
            any.parts().forEach(part -> addSpans(part, spans));
        } else {
            spans.addAll(Span.of(segments, Keys.of((Term) expression)));
        }
    }

    /** The postings that match, in ascending order. Terms are combined field by field. */
    long[] postings(Expression expression) throws E {
        if (expression instanceof Expression.AllOf all) {
            long[] common = postings(all.parts().get(0));
            for (Expression part : all.parts().subList(1, all.parts().size())) {
                common = common.length == 0 ? common : PostingCodec.intersection(common, postings(part));
            }
            return common;
        }
        LongList list = new LongList();
        if (expression instanceof Expression.AnyOf any) {
            for (Expression part : any.parts()) {
                list.addAll(postings(part));
            }
        } else {
            byte[] key = Keys.of((Term) expression);
            for (int i = 0; i < segments.size(); i++) {
                addLiving(i, key, list);
            }
        }
        return list.toSet();
    }

    private void addLiving(int segment, byte[] key, LongList living) throws E {
        LongList all = new LongList();
        pages.read(Span.of(segments.get(segment), key), entry -> Postings.read(entry.value(), all));
        for (long posting : all.toArray()) {
            if (liveness.isAlive(segment, DocumentNumber.id(posting))) {
                living.add(Postings.plain(posting));
            }
        }
    }

    /** Whether an entry has a posting of a living memory that has the term as a word, written so. */
    boolean isWrittenAnywhere(int segment, Entries entry) {
        LongList postings = new LongList();
        Postings.read(entry.value(), postings);
        return Arrays.stream(postings.toArray())
                .anyMatch(posting ->
                        Postings.isWritten(posting) && liveness.isAlive(segment, DocumentNumber.id(posting)));
    }
}
