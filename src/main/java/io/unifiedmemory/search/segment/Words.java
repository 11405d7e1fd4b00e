package io.unifiedmemory.search.segment;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The numbered words of a segment, which stand in chunks, and their grams. Stateless. */
final class Words {

    /** Words that are written and read together. */
    static final int IN_CHUNK = 32;

    /** Code points. */
    static final int GRAM = 3;

    /** Stands behind the last character of a word, so that each pair of characters begins a gram. */
    static final String END = " ";

    private Words() {}

    static byte[] write(List<byte[]> words) {
        ByteWriter bytes = new ByteWriter();
        for (byte[] word : words) {
            bytes.varint(word.length).bytes(word);
        }
        return bytes.toBytes();
    }

    static List<String> read(ByteReader chunk) {
        List<String> words = new ArrayList<>();
        while (chunk.hasMore()) {
            words.add(new String(chunk.bytes(chunk.length()), StandardCharsets.UTF_8));
        }
        return words;
    }

    /** Every three neighbours; none of a text that is shorter. */
    static Set<String> grams(String text) {
        int[] characters = text.codePoints().toArray();
        Set<String> grams = new LinkedHashSet<>();
        for (int i = 0; i + GRAM <= characters.length; i++) {
            grams.add(new String(characters, i, GRAM));
        }
        return grams;
    }
}
