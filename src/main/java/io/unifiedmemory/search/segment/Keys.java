package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The keys of a segment's entries, see the package. They sort by their bytes. Stateless. */
final class Keys {

    /** Sort before, and behind, the letters of terms. */
    static final byte DOCUMENTS = '#';

    static final byte WORDS = '|';
    static final byte GRAMS = '~';

    /** No UTF-8 has this byte, so it sorts behind all that begins in the same way. */
    private static final byte BEHIND = (byte) 0xFF;

    /** Lowest and highest of all keys. */
    static final byte[] LOWEST = {};

    static final byte[] HIGHEST = {BEHIND};

    private Keys() {}

    static byte[] of(Term term) {
        return of(letter(term.kind()), term.text());
    }

    static byte[] of(byte section, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[1 + bytes.length];
        key[0] = section;
        System.arraycopy(bytes, 0, key, 1, bytes.length);
        return key;
    }

    /** The key that sorts behind every key which begins so. */
    static byte[] behind(byte[] start) {
        byte[] key = Arrays.copyOf(start, start.length + 1);
        key[start.length] = BEHIND;
        return key;
    }

    /** The key of a chunk of the documents or the words, by the first number in it. */
    static byte[] of(byte section, long first) {
        return new ByteWriter().one(section).fixed(first, Long.BYTES).toBytes();
    }

    static boolean isTerm(byte[] key) {
        return key.length > 0 && key[0] > DOCUMENTS && key[0] < WORDS;
    }

    /** Whether it is the key of a term that may be a word as it is written. */
    static boolean mayBeWritten(byte[] key) {
        return key.length > 0 && (key[0] == letter(Kind.STEM) || key[0] == letter(Kind.SURFACE));
    }

    /** What stands behind the section. */
    static String text(byte[] key) {
        return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
    }

    /** Part of the format. */
    static byte letter(Kind kind) {
        return switch (kind) {
            case STEM -> 'w';
            case SURFACE -> 'f';
            case YEAR -> 'y';
            case MONTH -> 'n';
            case DAY -> 'd';
            case MENTIONED -> 'm';
        };
    }
}
