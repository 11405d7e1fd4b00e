package io.unifiedmemory.search.segment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which documents of several segments are alive: what a segment has of an id is dead where a newer one touches the id.
 * Reads of large segments only what newer ones touch. Not thread-safe.
 */
final class Liveness<E extends Exception> {

    /** Ids that are looked up one by one; of more, all that stand between them are read. */
    private static final int MOST_ALONE = 64;

    private final List<Segment> segments;
    private final PageReader<E> pages;
    /** Of each segment, the ids of documents that are dead, in ascending order. */
    private final List<long[]> dead = new ArrayList<>();

    private long entries;
    private long words;

    /** @param segments the oldest first */
    Liveness(List<Segment> segments, PageReader<E> pages) throws E {
        this.segments = segments;
        this.pages = pages;
        find(touchedByNewer());
    }

    /** How many documents are alive. */
    long entries() {
        return entries;
    }

    long words() {
        return words;
    }

    /** The documents of a segment that are dead, in ascending order. */
    long[] dead(int segment) {
        return dead.get(segment);
    }

    /** Whether an id is none of the dead documents of a segment. */
    boolean isAlive(int segment, long id) {
        long[] ids = dead.get(segment);
        return ids.length == 0 || Arrays.binarySearch(ids, id) < 0;
    }

    /** The ids that are touched by a segment newer than each, as far as older segments may have them. */
    private List<long[]> touchedByNewer() throws E {
        List<Span> spans = new ArrayList<>();
        long highest = -1;
        List<Long> highestOfOlder = new ArrayList<>();
        for (Segment segment : segments) {
            highestOfOlder.add(highest);
            if (segment.inRoot() == null && segment.lowestId() <= highest) {
                spans.add(upTo(segment, highest));
            }
            highest = Math.max(highest, segment.highestId());
        }
        pages.load(spans);
        List<long[]> touched = new ArrayList<>();
        long[] newer = {};
        for (int i = segments.size() - 1; i >= 0; i--) {
            touched.add(0, newer);
            LongList all = new LongList();
            all.addAll(newer);
            all.addAll(upTo(i, highestOfOlder.get(i)).ids());
            newer = all.toSet();
        }
        return touched;
    }

    private static Span upTo(Segment segment, long highest) {
        return new Span(segment, Keys.of(Keys.DOCUMENTS, 0), Keys.of(Keys.DOCUMENTS, highest));
    }

    private Documents upTo(int i, long highest) throws E {
        Segment segment = segments.get(i);
        Documents inRoot = segment.inRoot();
        if (inRoot != null) {
            return inRoot;
        }
        Documents.Reader reader = new Documents.Reader();
        if (segment.lowestId() <= highest) {
            pages.read(upTo(segment, highest), entry -> reader.read(entry.value()));
        }
        return reader.documents();
    }

    private void find(List<long[]> touched) throws E {
        List<Documents> known = documents(touched);
        for (int i = 0; i < segments.size(); i++) {
            LongList ids = new LongList();
            entries += segments.get(i).documents();
            words += segments.get(i).words();
            for (long id : touched.get(i)) {
                int place = known.get(i).placeOf(id);
                if (place >= 0 && known.get(i).knownAt(place) != Documents.REMOVED) {
                    ids.add(id);
                    entries--;
                    words -= known.get(i).wordsAt(place);
                }
            }
            dead.add(ids.toArray());
        }
    }

    /** What a segment knows of all ids that it touches. */
    Documents all(int segment) throws E {
        return upTo(segment, segments.get(segment).highestId());
    }

    /** What each segment knows at least of these ids. */
    private List<Documents> documents(List<long[]> ids) throws E {
        List<List<Span>> spans = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            spans.add(spans(segments.get(i), ids.get(i)));
        }
        pages.load(spans.stream().flatMap(List::stream).toList());
        List<Documents> documents = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Documents inRoot = segments.get(i).inRoot();
            documents.add(inRoot == null ? read(spans.get(i)) : inRoot);
        }
        return documents;
    }

    private static List<Span> spans(Segment segment, long[] ids) {
        long[] within = Arrays.stream(ids)
                .filter(id -> segment.inRoot() == null && id >= segment.lowestId() && id <= segment.highestId())
                .toArray();
        if (within.length > MOST_ALONE) {
            return List.of(new Span(
                    segment, Keys.of(Keys.DOCUMENTS, within[0]), Keys.of(Keys.DOCUMENTS, within[within.length - 1])));
        }
        return Arrays.stream(within)
                .mapToObj(id -> Span.of(segment, Keys.of(Keys.DOCUMENTS, id)))
                .toList();
    }

    private Documents read(List<Span> spans) throws E {
        Documents.Reader reader = new Documents.Reader();
        for (Span span : spans) {
            pages.readFromFloor(span, entry -> reader.read(entry.value()));
        }
        return reader.documents();
    }

    /** The document numbers of living documents, by id; those of other ids are left out. */
    Map<Long, Long> numbers(long[] ids) throws E {
        long[] sorted = Arrays.stream(ids).sorted().distinct().toArray();
        List<Documents> known =
                documents(segments.stream().map(segment -> sorted).toList());
        Map<Long, Long> numbers = new HashMap<>();
        for (long id : sorted) {
            for (int i = segments.size() - 1; i >= 0; i--) {
                int place = known.get(i).placeOf(id);
                if (place >= 0) {
                    if (known.get(i).knownAt(place) != Documents.REMOVED) {
                        numbers.put(id, known.get(i).numberAt(place));
                    }
                    break;
                }
            }
        }
        return numbers;
    }

    /** The document numbers of all living documents. */
    long[] numbers() throws E {
        LongList numbers = new LongList();
        for (int i = 0; i < segments.size(); i++) {
            Documents documents = all(i);
            for (int place = 0; place < documents.size(); place++) {
                if (documents.knownAt(place) != Documents.REMOVED
                        && isAlive(i, documents.ids()[place])) {
                    numbers.add(documents.numberAt(place));
                }
            }
        }
        return numbers.toArray();
    }
}
