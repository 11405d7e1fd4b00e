package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.DocumentNumber;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes one segment of several neighbours. Serves one merge. */
final class SegmentMerge<E extends Exception> {

    private final List<Segment> segments;
    private final PageReader<E> pages;
    private final Liveness<E> liveness;

    SegmentMerge(List<Segment> segments, PageReader<E> pages, Liveness<E> liveness) {
        this.segments = segments;
        this.pages = pages;
        this.liveness = liveness;
    }

    BuiltSegment merge(MergePolicy.Run run) throws E {
        pages.load(
                segments.subList(run.from(), run.to()).stream().map(Span::ofAll).toList());
        SegmentWriter writer = new SegmentWriter(documents(run));
        List<Terms> terms = new ArrayList<>();
        for (int i = run.from(); i < run.to(); i++) {
            terms.add(new Terms(i, pages.pagesOf(segments.get(i))));
        }
        while (true) {
            terms.removeIf(Terms::isAtEnd);
            if (terms.isEmpty()) {
                return writer.finish();
            }
            byte[] key = lowestKey(terms);
            LongList postings = new LongList();
            for (Terms each : terms) {
                each.addLiving(key, postings);
            }
            writer.add(key, postings.toSet());
        }
    }

    private byte[] lowestKey(List<Terms> terms) {
        byte[] lowest = terms.get(0).key;
        for (Terms each : terms) {
            lowest = Arrays.compareUnsigned(each.key, lowest) < 0 ? each.key : lowest;
        }
        return lowest;
    }

    /**
     * What the newest segment of the run says of each id. What a segment behind the run touches is left to that, and
     * nobody need be told that what nobody older has is gone.
     */
    private Documents documents(MergePolicy.Run run) throws E {
        Map<Long, Long> known = new TreeMap<>();
        for (int i = run.from(); i < run.to(); i++) {
            Documents documents = liveness.all(i);
            for (int place = 0; place < documents.size(); place++) {
                long id = documents.ids()[place];
                if (liveness.isAlive(i, id)) {
                    known.put(id, documents.knownAt(place));
                } else {
                    known.remove(id);
                }
            }
        }
        if (run.from() == 0) {
            known.values().removeIf(each -> each == Documents.REMOVED);
        }
        LongList ids = new LongList();
        LongList ofIds = new LongList();
        known.forEach((id, each) -> {
            ids.add(id);
            ofIds.add(each);
        });
        return new Documents(ids.toArray(), ofIds.toArray());
    }

    /** Goes through the terms of one segment. */
    private final class Terms {

        private final int segment;
        private final List<Entries> pages;
        private int page;
        private byte[] key = Keys.LOWEST;
        private boolean atEnd;

        private Terms(int segment, List<Entries> pages) {
            this.segment = segment;
            this.pages = pages;
            next();
        }

        private boolean isAtEnd() {
            return atEnd;
        }

        private void next() {
            while (page < pages.size()) {
                if (!pages.get(page).next()) {
                    page++;
                } else {
                    key = pages.get(page).key();
                    if (Keys.isTerm(key)) {
                        return;
                    }
                }
            }
            atEnd = true;
        }

        /** Adds the living postings of a term, and goes behind it. */
        private void addLiving(byte[] term, LongList postings) {
            LongList all = new LongList();
            while (!atEnd && Arrays.equals(key, term)) {
                Postings.read(pages.get(page).value(), all);
                next();
            }
            for (long posting : all.toArray()) {
                if (liveness.isAlive(segment, DocumentNumber.id(posting))) {
                    postings.add(posting);
                }
            }
        }
    }
}
