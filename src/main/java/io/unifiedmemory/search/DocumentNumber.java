package io.unifiedmemory.search;

/**
 * The number of a memory in the index. It carries what ranking needs to know of every hit, so that a posting list is
 * enough: the id in the upper bits, then the length on a logarithmic scale, then two flags.
 *
 * <p>A posting list holds the number once for each {@link Field} that has the term, with the field in the lowest bits.
 */
public final class DocumentNumber {

    /** The field of a memory in which a term occurs. */
    public enum Field {
        /** Key or value. */
        TEXT(0),
        /** Key or value, for terms that occur more than once. */
        REPEATED(1),
        METADATA(2);

        private static final Field[] BY_BITS = {TEXT, REPEATED, METADATA};

        private final long bits;

        Field(long bits) {
            this.bits = bits;
        }
    }

    private static final int FIELD_BITS = 2;
    private static final int LENGTH_BITS = 6;
    private static final int FLAG_BITS = 2;

    /** The number of bits below the memory's id. */
    public static final int ID_SHIFT = LENGTH_BITS + FLAG_BITS + FIELD_BITS;

    private static final long QUESTION = 1 << FIELD_BITS;
    private static final long TELLS_TIME = 2 << FIELD_BITS;

    private static final long FIELD_MASK = (1 << FIELD_BITS) - 1;

    /** The number of length classes per doubling. */
    private static final int STEPS = 4;

    private static final double[] WORDS = new double[1 << LENGTH_BITS];

    static {
        for (int i = 0; i < WORDS.length; i++) {
            WORDS[i] = Math.pow(2, (double) i / STEPS) - 1;
        }
    }

    private DocumentNumber() {}

    public static long of(long id, IndexedMemory indexed) {
        return of(id, indexed.words(), indexed.question(), indexed.tellsTime());
    }

    /** The number of a memory of which an index kept this; see {@link IndexedMemory}. */
    public static long of(long id, int words, boolean question, boolean tellsTime) {
        long lengthClass = Math.min(WORDS.length - 1, Math.round(STEPS * Math.log(1.0 + words) / Math.log(2)));
        return (id << ID_SHIFT)
                | (lengthClass << (FLAG_BITS + FIELD_BITS))
                | (question ? QUESTION : 0)
                | (tellsTime ? TELLS_TIME : 0);
    }

    /** The entry of a posting list for a field. */
    @SuppressWarnings("EnumOrdinal") // The order of fields is part of the index in the file.
    public static long in(Field field, long document) {
        return document | field.bits;
    }

    public static Field field(long hit) {
        return Field.BY_BITS[(int) (hit & FIELD_MASK)];
    }

    static long ofHit(long hit) {
        return hit & ~FIELD_MASK;
    }

    public static long id(long document) {
        return document >> ID_SHIFT;
    }

    /** The approximate number of words in the memory, to some ten percent. */
    static double words(long document) {
        return WORDS[(int) (document >> (FLAG_BITS + FIELD_BITS)) & (WORDS.length - 1)];
    }

    static boolean isQuestion(long document) {
        return (document & QUESTION) != 0;
    }

    static boolean tellsTime(long document) {
        return (document & TELLS_TIME) != 0;
    }
}
