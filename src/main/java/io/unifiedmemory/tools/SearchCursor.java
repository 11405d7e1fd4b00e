package io.unifiedmemory.tools;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchFilter;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.unified.reads.AlreadyShown;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where a search goes on: which memories were shown, so that none is repeated and none is left out, however the ranking
 * moves between two pages. Bound to the search that made it. Immutable.
 *
 * <p>A memory whose creation time is later than the beginning of the search may be new, or may come from a clock that
 * is ahead; nobody can tell later. So it is shown behind all others, and once only such memories are left the cursor
 * names those. Otherwise somebody who writes while another reads would keep the reader from ever reaching the end.
 *
 * <p>As text: base64 of a letter, eight bytes that stand for the search, eight of the time when it began, and five for
 * each memory that was shown; or with another letter five for each that is still to be shown.
 */
final class SearchCursor implements AlreadyShown {

    /** How many memories one search can show: a longer cursor would fill the context of the model that carries it. */
    static final int MOST_SHOWN = 2000;

    /** The letter of a cursor that names what was shown. */
    private static final byte SHOWN = 's';

    /** The letter of a cursor that names what is left to show. */
    private static final byte LEFT = 'l';

    private static final int MARK_BYTES = 5;
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

    private final byte kind;
    private final long search;
    private final long begunMillis;
    private final Set<Long> marks;

    private SearchCursor(byte kind, long search, long begunMillis, Set<Long> marks) {
        this.kind = kind;
        this.search = search;
        this.begunMillis = begunMillis;
        this.marks = marks;
    }

    /** The beginning of a search. */
    static SearchCursor atStart(SearchRequest request, Clock clock) {
        return new SearchCursor(SHOWN, fingerprint(request), clock.millis(), Set.of());
    }

    /** Reads a cursor; a {@link ToolFailure} unless this very search has returned it. */
    static SearchCursor parse(String text, SearchRequest request) {
        ByteBuffer bytes = Cursor.decode(text);
        int count = (bytes.remaining() - HEADER_BYTES) / MARK_BYTES;
        boolean fits = bytes.remaining() >= HEADER_BYTES
                && bytes.remaining() == HEADER_BYTES + count * MARK_BYTES
                && count <= MOST_SHOWN;
        byte kind = fits ? bytes.get() : 0;
        if (kind != SHOWN && kind != LEFT) {
            throw Cursor.foreign();
        }
        long search = bytes.getLong();
        if (search != fingerprint(request)) {
            throw Arguments.rejected("cursor belongs to another search: repeat user_id, query, order, since, until,"
                    + " metadata, tags and key_prefix exactly as in the call that returned it, or leave cursor out to search"
                    + " anew");
        }
        long begun = bytes.getLong();
        Set<Long> marks = new HashSet<>();
        for (int i = 0; i < count; i++) {
            marks.add(Integer.toUnsignedLong(bytes.getInt()) << Byte.SIZE | Byte.toUnsignedInt(bytes.get()));
        }
        return new SearchCursor(kind, search, begun, marks);
    }

    /** The cursor behind a page that shows these as well. */
    SearchCursor after(List<MemoryEntry> page) {
        Set<Long> next = new HashSet<>(marks);
        page.forEach(entry -> {
            if (kind == LEFT) {
                next.remove(mark(entry));
            } else {
                next.add(mark(entry));
            }
        });
        return new SearchCursor(kind, search, begunMillis, next);
    }

    /** A cursor that goes on with these and nothing else; this one where one search cannot show so many more. */
    SearchCursor closingWith(List<MemoryEntry> left) {
        if (kind == LEFT || marks.size() + left.size() > MOST_SHOWN) {
            return this;
        }
        return new SearchCursor(
                LEFT, search, begunMillis, left.stream().map(SearchCursor::mark).collect(Collectors.toSet()));
    }

    /** About how many characters it has as a text. */
    int length() {
        return (HEADER_BYTES + marks.size() * MARK_BYTES) * 4 / 3;
    }

    /** Whether no more can be shown. */
    boolean isFull() {
        return kind == SHOWN && marks.size() >= MOST_SHOWN;
    }

    @Override
    public int count() {
        return marks.size();
    }

    @Override
    public boolean covers(MemoryEntry entry) {
        return (!marks.isEmpty() && marks.contains(mark(entry))) == (kind == SHOWN);
    }

    /** Compares with the beginning of the search, not with the clock: that may have jumped since. */
    @Override
    public boolean maybeNew(MemoryEntry entry) {
        Instant created = entry.createdAt();
        return kind == SHOWN && !marks.isEmpty() && created != null && created.toEpochMilli() > begunMillis;
    }

    @Override
    public String toString() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + marks.size() * MARK_BYTES);
        bytes.put(kind).putLong(search).putLong(begunMillis);
        for (long mark : marks) {
            bytes.putInt((int) (mark >>> Byte.SIZE)).put((byte) mark);
        }
        return Cursor.encode(bytes.array());
    }

    private static long fingerprint(SearchRequest request) {
        SearchFilter filter = request.filter();
        List<Object> parts = new ArrayList<>();
        parts.add(request.userId());
        parts.add(request.query() == null ? "" : request.query().text());
        parts.add(request.order().name());
        parts.add(String.valueOf(filter.since()));
        parts.add(String.valueOf(filter.until()));
        parts.add(new TreeMap<>(filter.metadata()));
        parts.add(filter.keyPrefix() == null ? "" : filter.keyPrefix());
        parts.addAll(filter.tags());
        return Cursor.hash(Json.write(parts));
    }

    /** Two of 2,000 memories share their five bytes with a probability of one in 500,000. */
    private static long mark(MemoryEntry entry) {
        return Cursor.hash(entry.key()) >>> (Long.SIZE - MARK_BYTES * Byte.SIZE);
    }
}
