package io.unifiedmemory.search.segment;

import io.unifiedmemory.search.DocumentNumber;
import io.unifiedmemory.search.DocumentNumber.Field;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.IndexedMemory;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Builds a segment from the changes of one step. What is told last of an id holds. Not thread-safe. */
public final class SegmentBuilder {

    /** What each memory is now; empty where there is none any more. */
    private final Map<Long, Optional<IndexedMemory>> changes = new TreeMap<>();

    /** The memory is now this. */
    public void add(long id, IndexedMemory indexed) {
        changes.put(id, Optional.of(indexed));
    }

    /** There is no such memory any more, in this segment and all older ones. */
    public void remove(long id) {
        changes.put(id, Optional.empty());
    }

    /** The segment with these changes. */
    public BuiltSegment build() {
        LongList ids = new LongList();
        LongList known = new LongList();
        Map<byte[], LongList> terms = new TreeMap<>(Arrays::compareUnsigned);
        changes.forEach((id, now) -> {
            ids.add(id);
            known.add(now.map(Documents::known).orElse(Documents.REMOVED));
            now.ifPresent(memory -> addTerms(id, memory, terms));
        });
        SegmentWriter writer = new SegmentWriter(new Documents(ids.toArray(), known.toArray()));
        terms.forEach((key, postings) -> writer.add(key, postings.toSet()));
        return writer.finish();
    }

    private static void addTerms(long id, IndexedMemory memory, Map<byte[], LongList> terms) {
        long document = DocumentNumber.of(id, memory);
        for (Term term : memory.text()) {
            add(term, Postings.inText(document, memory.surfaces().contains(term.text())), terms);
        }
        memory.repeated().forEach(term -> add(term, DocumentNumber.in(Field.REPEATED, document), terms));
        memory.metadata().forEach(term -> add(term, DocumentNumber.in(Field.METADATA, document), terms));
    }

    private static void add(Term term, long posting, Map<byte[], LongList> terms) {
        terms.computeIfAbsent(Keys.of(term), key -> new LongList()).add(posting);
    }
}
