package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.IndexReader;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of one user at one moment: a newer one wins over an older one for each id that it touches. Serves one
 * search or one merge on one thread.
 *
 * @param <E> the exception with which reading fails
 */
public final class LiveSegments<E extends Exception> {

    private final List<Segment> segments;
    private final PageReader<E> pages;
    private final Liveness<E> liveness;

    /**
     * Finds out which memories are alive, in two round trips at most; small segments need none.
     *
     * @param oldestFirst all segments of the user
     */
    public LiveSegments(List<Segment> oldestFirst, PageSource<E> source, PageCache cache) throws E {
        this.segments = List.copyOf(oldestFirst);
        this.pages = new PageReader<>(source, cache);
        this.liveness = new Liveness<>(segments, pages);
    }

    /** How many memories are indexed. */
    public long entries() {
        return liveness.entries();
    }

    /** The index of the user; of use only where there are entries. */
    public IndexReader<E> reader(Conversations<E> conversations) {
        return new SegmentIndexReader<>(segments, pages, liveness, conversations);
    }

    /** The sizes of the segments, the oldest first. */
    public List<MergePolicy.Size> sizes() {
        List<MergePolicy.Size> sizes = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            sizes.add(new MergePolicy.Size(segment.touched(), segment.documents(), liveness.dead(i).length));
        }
        return sizes;
    }

    /**
     * One segment in the place of several neighbours, without what is dead. It may be stored as long as these segments
     * are all still there, whatever became of others.
     */
    public BuiltSegment merge(MergePolicy.Run run) throws E {
        return new SegmentMerge<>(segments, pages, liveness).merge(run);
    }
}
