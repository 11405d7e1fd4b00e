package io.unifiedmemory.upstream.graph;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchOrder;
import io.unifiedmemory.memory.SearchRequest;
import io.unifiedmemory.memory.SearchText;
import io.unifiedmemory.search.Bm25;
import io.unifiedmemory.search.Query;
import io.unifiedmemory.search.SimilarWords;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.search.text.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One user's memories in a graph, analysed once for many searches. The server itself finds only entities that contain
 * the whole query. Here these come first; then those that match a part of it, ranked by {@link Bm25} over name, text,
 * type and relations, as the store of record ranks. Immutable; thread-safe.
 */
final class GraphSearch {

    /** The worst rank of the place where the whole query occurs: it occurs nowhere. */
    private static final int NO_PLACE = 4;

    /** The weight of a word that occurs only in the type or in a relation: it is as much about another entity. */
    private static final double BESIDE = 0.5;

    /** The occurrences of a word in one memory. */
    private record Posting(int memory, double occurrences) {}

    private record Hit(MemoryEntry entry, int place, double score) {}

    private final List<MemoryEntry> memories;
    private final int[] lengths;
    private final double averageLength;
    private final Map<String, List<Posting>> postings = new HashMap<>();
    private final NavigableSet<String> words = new TreeSet<>();

    GraphSearch(Collection<MemoryEntry> memories) {
        this.memories = List.copyOf(memories);
        lengths = new int[memories.size()];
        for (int i = 0; i < lengths.length; i++) {
            add(i);
        }
        averageLength = IntStream.of(lengths).average().orElse(0);
    }

    private void add(int number) {
        MemoryEntry memory = memories.get(number);
        Map<String, Double> occurrences = new LinkedHashMap<>();
        lengths[number] =
                count(Analyzer.tokens(memory.key()), occurrences) + count(Analyzer.tokens(memory.value()), occurrences);
        Analyzer.nameParts(memory.key()).forEach(token -> occurrences.putIfAbsent(noted(token), 1.0));
        for (String text : besides(memory)) {
            Analyzer.nameParts(text).forEach(token -> occurrences.putIfAbsent(noted(token), BESIDE));
        }
        occurrences.forEach((term, times) ->
                postings.computeIfAbsent(term, unused -> new ArrayList<>()).add(new Posting(number, times)));
    }

    private int count(List<Token> tokens, Map<String, Double> occurrences) {
        int counted = 0;
        for (Token token : tokens) {
            if (!Analyzer.isStopWord(token)) {
                counted++;
                occurrences.merge(noted(token), 1.0, Double::sum);
            }
        }
        return counted;
    }

    /** The term of a word, which is added to the vocabulary. */
    private String noted(Token token) {
        words.add(token.form());
        return token.term();
    }

    /**
     * What else the graph says of a memory: its type, its relations and their targets; for our own, texts of its
     * metadata.
     */
    private static List<String> besides(MemoryEntry memory) {
        List<String> texts = new ArrayList<>();
        memory.metadata().values().forEach(value -> addTexts(value, memory.key(), texts));
        return texts;
    }

    private static void addTexts(Object value, String own, List<String> texts) {
        if (value instanceof String text && !text.equals(own)) {
            texts.add(text);
        } else if (value instanceof Collection<?> values) {
            values.forEach(each -> addTexts(each, own, texts));
        } else if (value instanceof Map<?, ?> fields) {
            fields.values().forEach(each -> addTexts(each, own, texts));
        }
    }

    /** Returns the hits in the requested order; without a query, all memories. */
    List<MemoryEntry> hits(SearchRequest request) {
        Stream<MemoryEntry> hits = request.query() == null
                ? memories.stream().sorted(SearchOrder.NEWEST_FIRST)
                : found(request.query(), request.order());
        return hits.filter(request.filter()::accepts).limit(request.limit()).toList();
    }

    private Stream<MemoryEntry> found(SearchText text, SearchOrder order) {
        Query query = Query.of(text);
        double[] scores = scores(query);
        Comparator<Hit> bestFirst = Comparator.comparingInt(Hit::place)
                .thenComparing(Comparator.comparingDouble(Hit::score).reversed())
                .thenComparing(Hit::entry, SearchOrder.NEWEST_FIRST);
        return IntStream.range(0, scores.length)
                .mapToObj(i -> new Hit(memories.get(i), place(memories.get(i), query), scores[i]))
                .filter(hit -> hit.place < NO_PLACE || hit.score > 0)
                .sorted(
                        order == SearchOrder.RELEVANCE
                                ? bestFirst
                                : Comparator.comparing(Hit::entry, SearchOrder.NEWEST_FIRST))
                .map(Hit::entry);
    }

    private double[] scores(Query query) {
        double[] scores = new double[memories.size()];
        for (Token word : query.words()) {
            if (postings.containsKey(word.term())) {
                addScores(word.term(), 1, scores);
            } else {
                SimilarWords.<RuntimeException>of(word, this::beginningWith)
                        .forEach(term -> addScores(term, SimilarWords.WEIGHT, scores));
            }
        }
        return scores;
    }

    private void addScores(String term, double weight, double[] scores) {
        List<Posting> found = postings.getOrDefault(term, List.of());
        double rarity = weight * Bm25.rarity(memories.size(), found.size());
        for (Posting posting : found) {
            scores[posting.memory] +=
                    rarity * Bm25.saturated(posting.occurrences, lengths[posting.memory], averageLength);
        }
    }

    private List<String> beginningWith(String prefix, int most) {
        return words.tailSet(prefix, true).stream()
                .takeWhile(word -> word.startsWith(prefix))
                .limit(most)
                .toList();
    }

    private static int place(MemoryEntry memory, Query query) {
        if (CaseFolding.fold(memory.key()).equals(query.folded())) {
            return 0;
        }
        if (query.isContainedIn(memory.key())) {
            return 1;
        }
        if (query.isContainedIn(memory.value())) {
            return 2;
        }
        return memory.metadata().get("entity_type") instanceof String type && query.isContainedIn(type) ? 3 : NO_PLACE;
    }
}
