package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.DocumentNumber.Field;

/**
 * Postings as a segment keeps them. Where {@link DocumentNumber} has {@link Field#TEXT}, a segment also says whether
 * the term is a word of the memory as it was written, so that it knows the words that any living memory has. Stateless.
 */
final class Postings {

    /** In the place of the field: in the text, but there is no word that was written so. */
    private static final long NOT_WRITTEN = 3;

    private static final long FIELD_MASK = 3;

    private Postings() {}

    static long inText(long document, boolean written) {
        return written ? DocumentNumber.in(Field.TEXT, document) : document | NOT_WRITTEN;
    }

    static boolean isWritten(long posting) {
        return (posting & FIELD_MASK) == 0;
    }

    /** The posting as {@link DocumentNumber} has it. */
    static long plain(long posting) {
        return (posting & FIELD_MASK) == NOT_WRITTEN ? posting & ~FIELD_MASK : posting;
    }

    /** Adds the postings of an entry. */
    static void read(ByteReader value, LongList postings) {
        long last = 0;
        while (value.hasMore()) {
            last += value.varint();
            postings.add(last);
        }
    }
}
