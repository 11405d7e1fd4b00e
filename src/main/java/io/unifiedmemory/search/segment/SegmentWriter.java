package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.PostingCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes the entries of a segment in the order of their keys. Serves one segment. Not thread-safe. */
final class SegmentWriter {

    /** The ids stand in the root when they take no more; with that, no page is needed to know what is dead. */
    private static final int MOST_BYTES_OF_IDS_IN_ROOT = 1_000;

    /** Memories from which on a segment has grams; smaller ones are looked through. */
    private static final int FEWEST_WITH_GRAMS = 256;

    /** Numbers of a list in one entry; longer lists take several, so that an entry is small beside a page. */
    private static final int IN_ENTRY = 128;

    private final Documents documents;
    private final TreeWriter tree = new TreeWriter();
    private final boolean grams;
    private byte[] inRoot = {};
    /** In the order of their bytes. */
    private final TreeSet<byte[]> words = new TreeSet<>(Arrays::compareUnsigned);

    SegmentWriter(Documents documents) {
        this.documents = documents;
        this.grams = documents.living() >= FEWEST_WITH_GRAMS;
        byte[] all = documents.write();
        if (all.length <= MOST_BYTES_OF_IDS_IN_ROOT) {
            inRoot = all;
        } else {
            for (Documents.Chunk chunk : documents.chunks()) {
                tree.add(Keys.of(Keys.DOCUMENTS, chunk.first()), chunk.bytes());
            }
        }
    }

    /** Adds a term, behind the one before. */
    void add(byte[] key, long[] postings) {
        addList(key, postings);
        if (grams && Keys.mayBeWritten(key) && Arrays.stream(postings).anyMatch(Postings::isWritten)) {
            words.add(Arrays.copyOfRange(key, 1, key.length));
        }
    }

    private void addList(byte[] key, long[] ascending) {
        for (int from = 0; from < ascending.length; from += IN_ENTRY) {
            long[] some = Arrays.copyOfRange(ascending, from, Math.min(ascending.length, from + IN_ENTRY));
            tree.add(key, PostingCodec.write(some));
        }
    }

    BuiltSegment finish() {
        if (grams) {
            addWords();
            addGrams();
        }
        byte[] entries = tree.finish();
        return new BuiltSegment(
                documents.size() == 0, Segment.root(documents, inRoot, grams, tree, entries), tree.pages());
    }

    private void addWords() {
        Iterator<byte[]> rest = words.iterator();
        for (long number = 0; rest.hasNext(); number += Words.IN_CHUNK) {
            List<byte[]> chunk = new ArrayList<>();
            while (chunk.size() < Words.IN_CHUNK && rest.hasNext()) {
                chunk.add(rest.next());
            }
            tree.add(Keys.of(Keys.WORDS, number), Words.write(chunk));
        }
    }

    private void addGrams() {
        Map<String, LongList> lists = new HashMap<>();
        long number = 0;
        for (byte[] word : words) {
            for (String gram : Words.grams(new String(word, StandardCharsets.UTF_8) + Words.END)) {
                lists.computeIfAbsent(gram, key -> new LongList()).add(number);
            }
            number++;
        }
        // Sorted once at the end: the order of strings is not that of their bytes.
        Map<byte[], LongList> sorted = new TreeMap<>(Arrays::compareUnsigned);
        lists.forEach((gram, numbers) -> sorted.put(Keys.of(Keys.GRAMS, gram), numbers));
        sorted.forEach((key, numbers) -> addList(key, numbers.toArray()));
    }
}
