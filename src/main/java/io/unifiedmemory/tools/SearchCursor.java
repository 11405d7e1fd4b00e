package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Json;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.unified.Seen;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where a search goes on: which memories were shown, so that none is repeated and none left out however the ranking moves
 * between two pages. Bound to the search that made it. Immutable.
 *
 * <p>As text: base64 of a letter, eight bytes that stand for the search, eight of the time when it began, and five for
 * each memory that was shown. What was created since the beginning is left to a new search: otherwise one who writes
 * while another reads would keep him from ever reaching the end.
 */
final class SearchCursor implements Seen {

    /** So many memories can be shown by one search: a longer cursor would drown who has to carry it. */
    static final int MOST_SHOWN = 2000;

    private static final byte KIND = 's';
    private static final int MARK_BYTES = 5;
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

    private final long search;
    private final long begunMillis;
    private final Clock clock;
    private final Set<Long> shown;

    private SearchCursor(long search, long begunMillis, Clock clock, Set<Long> shown) {
        this.search = search;
        this.begunMillis = begunMillis;
        this.clock = clock;
        this.shown = shown;
    }

    /** The beginning of a search. */
    static SearchCursor atStart(SearchRequest request, Clock clock) {
        return new SearchCursor(fingerprint(request), clock.millis(), clock, Set.of());
    }

    /** Reads a cursor; a {@link ToolFailure} unless this very search has returned it. */
    static SearchCursor parse(String text, SearchRequest request, Clock clock) {
        ByteBuffer bytes = Cursor.decode(text);
        int marks = (bytes.remaining() - HEADER_BYTES) / MARK_BYTES;
        boolean wellFormed = bytes.remaining() >= HEADER_BYTES
                && bytes.remaining() == HEADER_BYTES + marks * MARK_BYTES
                && marks <= MOST_SHOWN
                && bytes.get() == KIND;
        if (!wellFormed) {
            throw Cursor.foreign();
        }
        long search = bytes.getLong();
        if (search != fingerprint(request)) {
            throw Arguments.rejected("cursor belongs to another search: repeat user_id, query, order, since, until,"
                    + " metadata and key_prefix exactly as in the call that returned it, or leave cursor out to search"
                    + " anew");
        }
        long begun = bytes.getLong();
        Set<Long> shown = new HashSet<>();
        for (int i = 0; i < marks; i++) {
            shown.add(Integer.toUnsignedLong(bytes.getInt()) << Byte.SIZE | Byte.toUnsignedInt(bytes.get()));
        }
        return new SearchCursor(search, begun, clock, shown);
    }

    /** The cursor behind a page that shows these as well. */
    SearchCursor after(List<MemoryEntry> page) {
        Set<Long> all = new HashSet<>(shown);
        page.forEach(entry -> all.add(mark(entry)));
        return new SearchCursor(search, begunMillis, clock, all);
    }

    /** About how many characters it has as a text. */
    int length() {
        return (HEADER_BYTES + shown.size() * MARK_BYTES) * 4 / 3;
    }

    /** Whether no more can be shown. */
    boolean isFull() {
        return shown.size() >= MOST_SHOWN;
    }

    @Override
    public int count() {
        return shown.size();
    }

    /** A time of creation that still lies ahead was told by a clock that is, and says nothing. */
    @Override
    public boolean covers(MemoryEntry entry) {
        Instant created = entry.createdAt();
        boolean isNew = created != null && created.toEpochMilli() > begunMillis && !created.isAfter(clock.instant());
        return isNew || (!shown.isEmpty() && shown.contains(mark(entry)));
    }

    @Override
    public String toString() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + shown.size() * MARK_BYTES);
        bytes.put(KIND).putLong(search).putLong(begunMillis);
        for (long mark : shown) {
            bytes.putInt((int) (mark >>> Byte.SIZE)).put((byte) mark);
        }
        return Cursor.encode(bytes.array());
    }

    private static long fingerprint(SearchRequest request) {
        SearchFilter filter = request.filter();
        List<Object> parts = new ArrayList<>();
        parts.add(request.userId());
        parts.add(request.query() == null ? "" : request.query());
        parts.add(request.order().name());
        parts.add(String.valueOf(filter.since()));
        parts.add(String.valueOf(filter.until()));
        parts.add(new TreeMap<>(filter.metadata()));
        parts.add(filter.keyPrefix() == null ? "" : filter.keyPrefix());
        return Cursor.hash(Json.write(parts));
    }

    /** Two of 2,000 memories share their five bytes with a probability of one in 500,000. */
    private static long mark(MemoryEntry entry) {
        return Cursor.hash(entry.key()) >>> (Long.SIZE - MARK_BYTES * Byte.SIZE);
    }
}
