package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.IndexedMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The ids that a segment touches, in ascending order, and what it knows of each. Immutable. */
final class Documents {

    static final Documents NONE = new Documents(new long[0], new long[0]);

    /** What is known of an id that was removed. */
    static final long REMOVED = 0;

    /** Ids that are written and read together. */
    private static final int IN_CHUNK = 128;

    private static final int FLAG_BITS = 2;
    private static final long QUESTION = 1;
    private static final long TELLS_TIME = 2;

    private final long[] ids;
    private final long[] known;

    Documents(long[] ids, long[] known) {
        this.ids = ids;
        this.known = known;
    }

    /** What a segment knows of a memory. */
    static long known(IndexedMemory indexed) {
        return 1
                + ((long) indexed.words() << FLAG_BITS
                        | (indexed.question() ? QUESTION : 0)
                        | (indexed.tellsTime() ? TELLS_TIME : 0));
    }

    /** Some ids that are written together, and the first of them. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Chunk(long first, byte[] bytes) {}

    List<Chunk> chunks() {
        List<Chunk> chunks = new ArrayList<>();
        for (int from = 0; from < ids.length; from += IN_CHUNK) {
            chunks.add(new Chunk(ids[from], write(from, Math.min(ids.length, from + IN_CHUNK))));
        }
        return chunks;
    }

    /** All of them together. */
    byte[] write() {
        return write(0, ids.length);
    }

    private byte[] write(int from, int to) {
        ByteWriter bytes = new ByteWriter();
        long last = 0;
        for (int i = from; i < to; i++) {
            bytes.varint(ids[i] - last).varint(known[i]);
            last = ids[i];
        }
        return bytes.toBytes();
    }

    /** Collects the ids of chunks in ascending order; a chunk that was read already is passed over. Not thread-safe. */
    static final class Reader {

        private final LongList ids = new LongList();
        private final LongList known = new LongList();
        private long highest = -1;

        void read(ByteReader chunk) {
            long last = 0;
            while (chunk.hasMore()) {
                last += chunk.varint();
                long knownOfIt = chunk.varint();
                if (last > highest) {
                    ids.add(last);
                    known.add(knownOfIt);
                    highest = last;
                }
            }
        }

        Documents documents() {
            return new Documents(ids.toArray(), known.toArray());
        }
    }

    long[] ids() {
        return ids;
    }

    int size() {
        return ids.length;
    }

    /** How many are not removed. */
    long living() {
        return Arrays.stream(known).filter(each -> each != REMOVED).count();
    }

    long words() {
        return Arrays.stream(known).map(Documents::words).sum();
    }

    private static long words(long known) {
        return known == REMOVED ? 0 : (known - 1) >>> FLAG_BITS;
    }

    /** What is known of an id at a place. */
    long knownAt(int place) {
        return known[place];
    }

    long wordsAt(int place) {
        return words(known[place]);
    }

    /** The place of an id; negative when it is not touched. */
    int placeOf(long id) {
        return Arrays.binarySearch(ids, id);
    }

    /** The number of the document at a place, which is not removed. */
    long numberAt(int place) {
        long flags = known[place] - 1;
        return DocumentNumber.of(ids[place], (int) wordsAt(place), (flags & QUESTION) != 0, (flags & TELLS_TIME) != 0);
    }
}
