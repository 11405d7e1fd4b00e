package io.unifiedmemory.search;

import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.InMemoryIndex.Document;
import io.unifiedmemory.search.text.DateMention;
import io.unifiedmemory.search.text.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** How a score comes about, written once more from docs/SEARCH.md: a table of all memories, and no lists. */
final class NaiveRanking {

    private final InMemoryIndex index;
    private final Query query;

    /** By word of the query and memory, 0 where the memory has nothing of it. */
    private final List<Map<Document, Double>> words = new ArrayList<>();

    /** What has anything of the query; nothing else does. */
    private final Map<Document, Double> scores = new HashMap<>();

    NaiveRanking(InMemoryIndex index, Query query) {
        this.index = index;
        this.query = query;
    }

    Map<Document, Double> scores() {
        for (Token word : query.words()) {
            if (!query.dateTerms().contains(word.term())) {
                addWord(word);
            }
        }
        addDates();
        if (query.asksWhen()) {
            scores.replaceAll((document, score) -> score + (document.indexed().tellsTime() ? 1 : 0));
        }
        Set<Document> found = Set.copyOf(scores.keySet());
        addSupport(found);
        for (Document document : found) {
            if (document.indexed().question()) {
                scores.computeIfPresent(document, (same, score) -> 0.9 * score);
            }
        }
        return scores;
    }

    private void addWord(Token word) {
        boolean known = index.documents().stream().anyMatch(document -> has(document, word.term()));
        List<String> pieces = query.pieces().getOrDefault(word.term(), List.of());
        boolean inPieces = !known && pieces.size() > 1;
        Set<String> terms =
                inPieces ? Set.of() : known ? Set.of(word.term()) : SimilarWords.of(word, index::surfacesFrom);
        Map<Document, Double> ofWord = new HashMap<>();
        for (String term : terms) {
            double weight = known ? 1 : 0.6;
            for (Document document : index.documents()) {
                if (has(document, term)) {
                    double score = weight * (inText(document, term) + inMetadata(document, term));
                    ofWord.merge(document, score, Double::sum);
                }
            }
        }
        if (inPieces) {
            addInstead(document -> pieces.stream().allMatch(piece -> textHas(document, piece)), ofWord.size(), ofWord);
        }
        if (query.compounding()) {
            List<Term> compounds = CompoundWords.of(word, index::surfacesAt).stream()
                    .map(IndexedMemory::termOf)
                    .toList();
            addInstead(
                    document -> compounds.stream().anyMatch(document.indexed().text()::contains),
                    ofWord.size(),
                    ofWord);
        }
        words.add(ofWord);
        ofWord.forEach((document, score) -> scores.merge(document, score, Double::sum));
    }

    private void addInstead(Predicate<Document> condition, int withTheWord, Map<Document, Double> ofWord) {
        List<Document> found = index.documents().stream().filter(condition).toList();
        for (Document document : found) {
            double score = 0.6 * rarity(withTheWord + found.size()) * saturated(1, document);
            ofWord.merge(document, score, Math::max);
        }
    }

    private static boolean has(Document document, String stem) {
        return textHas(document, stem) || metadataHas(document, stem);
    }

    private static boolean textHas(Document document, String stem) {
        return document.indexed().text().contains(new Term(Kind.STEM, stem));
    }

    private static boolean metadataHas(Document document, String stem) {
        return document.indexed().metadata().contains(new Term(Kind.STEM, stem));
    }

    /** BM25 with k1 1.2 and b 0.75; a word that occurs again counts as one and a half. */
    private double inText(Document document, String stem) {
        if (!textHas(document, stem)) {
            return 0;
        }
        double occurrences = document.indexed().repeated().contains(new Term(Kind.STEM, stem)) ? 1.5 : 1;
        return rarity(index.documents().stream()
                        .filter(each -> textHas(each, stem))
                        .count())
                * saturated(occurrences, document);
    }

    private double saturated(double occurrences, Document document) {
        double average = (double) index.words() / index.entries();
        double length = Math.max(16, words(document)) / Math.max(16, average);
        return (occurrences * 2.2) / (occurrences + 1.2 * (0.25 + 0.75 * length));
    }

    /** The index knows lengths in four steps per doubling. */
    private static double words(Document document) {
        double doublings = Math.log(document.indexed().words() + 1) / Math.log(2);
        return Math.pow(2, Math.round(4 * doublings) / 4.0) - 1;
    }

    private double inMetadata(Document document, String stem) {
        long all = index.documents().stream()
                .filter(each -> metadataHas(each, stem))
                .count();
        return metadataHas(document, stem) ? rarity(all) : 0;
    }

    private double rarity(long found) {
        return Math.log(1 + (index.entries() - found + 0.5) / (found + 0.5));
    }

    /** The date of a memory or the words of its text, whichever is more. */
    private void addDates() {
        Map<Document, Double> written = new HashMap<>();
        for (String term : query.dateTerms()) {
            for (Document document : index.documents()) {
                if (has(document, term)) {
                    written.merge(document, inText(document, term), Double::sum);
                }
            }
        }
        Map<Document, Double> dates = new HashMap<>(written);
        List<List<DateMention>> periods = new ArrayList<>(query.periods());
        periods.addAll(0, query.dates().stream().map(List::of).toList());
        for (List<DateMention> period : periods) {
            List<Document> then = index.documents().stream()
                    .filter(document ->
                            period.stream().anyMatch(date -> isAt(document, date) || mentions(document, date)))
                    .toList();
            double ofDate = 2 * rarity(then.size());
            for (Document document : then) {
                dates.merge(document, Math.max(0, ofDate - written.getOrDefault(document, 0.0)), Double::sum);
            }
        }
        dates.forEach((document, score) -> scores.merge(document, score, Double::sum));
    }

    private static boolean mentions(Document document, DateMention date) {
        Term term = MentionedDates.term(date);
        return term != null && document.indexed().text().contains(term);
    }

    private static boolean isAt(Document document, DateMention date) {
        Set<Term> terms = document.indexed().text();
        return (date.year() == 0 || terms.contains(new Term(Kind.YEAR, Integer.toString(date.year()))))
                && (date.month() == 0 || terms.contains(new Term(Kind.MONTH, Integer.toString(date.month()))))
                && (date.day() == 0 || terms.contains(new Term(Kind.DAY, Integer.toString(date.day()))));
    }

    private void addSupport(Set<Document> found) {
        Map<Document, Double> support = new HashMap<>();
        Map<String, Set<Document>> conversations = new HashMap<>();
        for (Document document : found) {
            String name = document.context().session();
            if (name != null) {
                List<Document> conversation = index.conversation(document);
                int at = conversation.indexOf(document);
                for (int near = Math.max(0, at - 2); near <= Math.min(at + 2, conversation.size() - 1); near++) {
                    conversations.computeIfAbsent(name, n -> new HashSet<>()).add(conversation.get(near));
                    if (near != at) {
                        support.merge(conversation.get(near), 0.1 * scores.getOrDefault(document, 0.0), Double::sum);
                    }
                }
                if (document.indexed().question() && at + 1 < conversation.size()) {
                    Document answer = conversation.get(at + 1);
                    support.merge(answer, ofQuestion(document, answer), Double::sum);
                }
            }
        }
        for (Set<Document> conversation : conversations.values()) {
            double together = words.stream()
                    .mapToDouble(word -> conversation.stream()
                            .mapToDouble(document -> word.getOrDefault(document, 0.0))
                            .max()
                            .orElse(0))
                    .sum();
            conversation.forEach(document -> support.merge(document, 0.4 * together, Double::sum));
        }
        support.forEach((document, score) -> scores.merge(document, score, Double::sum));
    }

    private double ofQuestion(Document question, Document answer) {
        double sum = 0;
        for (Map<Document, Double> word : words) {
            sum += Math.max(0, 0.7 * word.getOrDefault(question, 0.0) - word.getOrDefault(answer, 0.0));
        }
        return sum;
    }
}
