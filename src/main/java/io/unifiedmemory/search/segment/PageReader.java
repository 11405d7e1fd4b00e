package io.unifiedmemory.search.segment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads entries of several segments, in as few round trips as there are levels of pages. Not thread-safe. */
final class PageReader<E extends Exception> {

    /** Pages that are fetched at once: about a megabyte. */
    private static final int MOST_AT_ONCE = 256;

    private final PageSource<E> source;
    private final PageCache cache;
    private final Map<PageId, byte[]> read = new HashMap<>();

    PageReader(PageSource<E> source, PageCache cache) {
        this.source = source;
        this.cache = cache;
    }

    /** Receives entries. */
    @FunctionalInterface
    interface Visitor {
        void visit(Entries entry);
    }

    /** Fetches all that is needed to read these spans. */
    void load(Collection<Span> spans) throws E {
        while (true) {
            Map<PageId, Segment> missing = new LinkedHashMap<>();
            for (Span span : spans) {
                leaves(span, missing);
            }
            if (missing.isEmpty()) {
                return;
            }
            fetch(missing);
        }
    }

    private void fetch(Map<PageId, Segment> missing) throws E {
        List<PageId> ids = List.copyOf(missing.keySet());
        for (int from = 0; from < ids.size(); from += MOST_AT_ONCE) {
            Set<PageId> some = new LinkedHashSet<>(ids.subList(from, Math.min(ids.size(), from + MOST_AT_ONCE)));
            Map<PageId, byte[]> pages = source.pages(some);
            for (PageId id : some) {
                byte[] page = pages.get(id);
                if (page == null) {
                    throw new DamagedSegmentException("a page is missing");
                }
                Checksum.check(page, "a page");
                cache.put(fingerprint(missing, id), id.page(), page);
                read.put(id, page);
            }
        }
    }

    private static Fingerprint fingerprint(Map<PageId, Segment> segments, PageId id) {
        Segment segment = segments.get(id);
        return segment == null ? Fingerprint.OF_NOTHING : segment.fingerprint();
    }

    /** Visits the entries of a span in the order of their keys. */
    void read(Span span, Visitor visitor) throws E {
        for (Entries entries : leaves(span)) {
            while (entries.next()) {
                if (entries.compareKey(span.to()) > 0) {
                    return;
                }
                if (entries.compareKey(span.from()) >= 0) {
                    visitor.visit(entries);
                }
            }
        }
    }

    /** Visits the entries of a span, and the last entry before it if none has its very first key. */
    void readFromFloor(Span span, Visitor visitor) throws E {
        byte[] floor = span.from();
        for (Entries entries : leaves(span)) {
            while (entries.next() && entries.compareKey(span.from()) <= 0) {
                floor = entries.key();
            }
        }
        read(new Span(span.segment(), floor, span.to()), visitor);
    }

    /** All entries of a segment, page by page. */
    List<Entries> pagesOf(Segment segment) throws E {
        return leaves(Span.ofAll(segment));
    }

    private List<Entries> leaves(Span span) throws E {
        Map<PageId, Segment> missing = new LinkedHashMap<>();
        List<Entries> leaves = leaves(span, missing);
        if (missing.isEmpty()) {
            return leaves;
        }
        load(List.of(span));
        return leaves(span, new LinkedHashMap<>());
    }

    /** The lowest pages of a span, as far as they are there; notes what is missing. */
    private List<Entries> leaves(Span span, Map<PageId, Segment> missing) {
        List<Entries> level = List.of(span.segment().entries());
        for (int height = span.segment().height(); height > 0; height--) {
            List<Entries> below = new ArrayList<>();
            for (Entries entries : level) {
                for (int child : children(entries, span)) {
                    byte[] page = page(span.segment(), child);
                    if (page == null) {
                        missing.put(new PageId(span.segment().number(), child), span.segment());
                    } else {
                        below.add(new Entries(Checksum.content(page)));
                    }
                }
            }
            if (below.size() > span.segment().pages()) {
                throw new DamagedSegmentException("pages are named more than once");
            }
            level = below;
        }
        return level;
    }

    /** The pages below on which entries of the span may stand, and the entry before it. */
    private static List<Integer> children(Entries entries, Span span) {
        List<Integer> children = new ArrayList<>();
        int before = -1;
        while (entries.next()) {
            int child = entries.value().number();
            if (child >= span.segment().pages()) {
                throw new DamagedSegmentException("a page is named that is none");
            }
            if (entries.compareKey(span.from()) < 0) {
                before = child;
                continue;
            }
            if (before >= 0) {
                children.add(before);
                before = -1;
            }
            if (entries.compareKey(span.to()) > 0) {
                return children;
            }
            children.add(child);
        }
        if (before >= 0) {
            children.add(before);
        }
        return children;
    }

    private byte @Nullable [] page(Segment segment, int page) {
        byte[] own = segment.ownPage(page);
        if (own != null) {
            return own;
        }
        PageId id = new PageId(segment.number(), page);
        byte[] known = read.get(id);
        if (known == null) {
            known = cache.get(segment.fingerprint(), page);
            if (known != null) {
                read.put(id, known);
            }
        }
        return known;
    }
}
