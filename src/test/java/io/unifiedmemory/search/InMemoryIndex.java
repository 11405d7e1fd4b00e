package io.unifiedmemory.search;

import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.search.DocumentNumber.Field;
import io.unifiedmemory.search.Expression.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The plainest index there can be: each question goes through all memories. */
public final class InMemoryIndex implements IndexReader<RuntimeException>, MemoryReader<RuntimeException> {

    /** One memory with all that the index knows of it. */
    public record Document(long id, MemoryEntry entry, IndexedMemory indexed, EntryContext context) {

        public long number() {
            return DocumentNumber.of(id, indexed);
        }

        long millis() {
            return context.time() == null ? 0 : context.time().toEpochMilli();
        }

        /** That of all its terms takes long. */
        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    private final Map<Long, Document> documents = new TreeMap<>();
    private final Set<String> surfaces = new TreeSet<>(KeyOrder.COMPARATOR);
    private final Set<Long> gone = new HashSet<>();
    private boolean knowsSurfaces = true;
    private boolean scanned;

    public void add(long id, MemoryEntry entry) {
        EntryContext context = EntryContext.of(entry);
        IndexedMemory indexed = IndexedMemory.of(entry, context);
        documents.put(id, new Document(id, entry, indexed, context));
        surfaces.clear();
    }

    /** From now on neither the index knows it, nor is there one. */
    public void delete(long id) {
        documents.remove(id);
        surfaces.clear();
    }

    /** From now on the index knows it, and there is none. */
    void remove(long id) {
        gone.add(id);
    }

    /** As an index that cannot tell which words fit an edge. */
    void forgetSurfaces() {
        knowsSurfaces = false;
    }

    private Document document(long id) {
        return Objects.requireNonNull(documents.get(id));
    }

    public List<Document> documents() {
        return List.copyOf(documents.values());
    }

    boolean isGone(Document document) {
        return gone.contains(document.id());
    }

    /** Whether all memories were gone through because the index could not tell. */
    boolean wasScanned() {
        return scanned;
    }

    Set<String> surfaces() {
        if (surfaces.isEmpty()) {
            documents
                    .values()
                    .forEach(document -> surfaces.addAll(document.indexed().surfaces()));
        }
        return surfaces;
    }

    @Override
    public long entries() {
        return documents.size();
    }

    @Override
    public long[] all() {
        return documents.values().stream().mapToLong(Document::number).toArray();
    }

    @Override
    public long words() {
        return documents.values().stream()
                .mapToLong(document -> document.indexed().words())
                .sum();
    }

    @Override
    public long[] postings(Expression expression, int limit) {
        return documents.values().stream()
                .flatMapToLong(document -> {
                    IndexedMemory indexed = document.indexed();
                    return LongStream.of(
                            fits(expression, indexed.text()) ? DocumentNumber.in(Field.TEXT, document.number()) : -1,
                            fits(expression, indexed.repeated())
                                    ? DocumentNumber.in(Field.REPEATED, document.number())
                                    : -1,
                            fits(expression, indexed.metadata())
                                    ? DocumentNumber.in(Field.METADATA, document.number())
                                    : -1);
                })
                .filter(posting -> posting >= 0)
                .boxed()
                .sorted(Comparator.reverseOrder())
                .limit(limit)
                .mapToLong(Long::longValue)
                .toArray();
    }

    private static boolean fits(Expression expression, Set<Term> terms) {
        if (expression instanceof Expression.AllOf all) {
            return all.parts().stream().allMatch(part -> fits(part, terms));
        }
        if (expression instanceof Expression.AnyOf any) {
            return any.parts().stream().anyMatch(part -> fits(part, terms));
        }
        return terms.contains((Term) expression);
    }

    @Override
    public List<String> surfacesFrom(String prefix, int limit) {
        return surfaces().stream()
                .filter(surface -> surface.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    @Override
    public @Nullable List<String> surfacesAt(Query.Edge edge, int limit) {
        if (edge.openBefore() && edge.form().codePointCount(0, edge.form().length()) < 2) {
            return null;
        }
        List<String> fitting = surfaces().stream().filter(edge::fits).toList();
        return knowsSurfaces && fitting.size() <= limit ? fitting : null;
    }

    @Override
    public List<Place> places(long[] numbers) {
        return Arrays.stream(numbers)
                .mapToObj(DocumentNumber::id)
                .filter(documents::containsKey)
                .map(this::document)
                .filter(document -> document.context().session() != null)
                .map(this::place)
                .toList();
    }

    private Place place(Document document) {
        List<Document> conversation = conversation(document);
        int at = conversation.indexOf(document);
        List<Document> before = new ArrayList<>(conversation.subList(Math.max(0, at - 2), at));
        Collections.reverse(before);
        List<Document> behind = conversation.subList(at + 1, Math.min(at + 3, conversation.size()));
        return new Place(document.number(), conversation.get(0).id(), numbers(behind), numbers(before));
    }

    private static List<Long> numbers(List<Document> documents) {
        return documents.stream().map(Document::number).toList();
    }

    /** All of its conversation, in their order. */
    List<Document> conversation(Document document) {
        return documents.values().stream()
                .filter(each -> document.context().session() != null
                        && document.context().session().equals(each.context().session()))
                .sorted(Comparator.comparingLong(Document::millis).thenComparingLong(Document::id))
                .toList();
    }

    @Override
    public @Nullable MemoryEntry load(long id) {
        return gone.contains(id) ? null : document(id).entry();
    }

    @Override
    public void scan(Query query, Visitor<RuntimeException> visitor) {
        scanned = true;
        List<Document> newestFirst = documents.values().stream()
                .filter(document -> !isGone(document))
                .sorted(Comparator.comparing(Document::entry, SearchOrder.NEWEST_FIRST))
                .toList();
        for (Document document : newestFirst) {
            if (!visitor.visit(document.id())) {
                return;
            }
        }
    }
}
