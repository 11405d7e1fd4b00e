package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchText;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.search.text.DateMention;
import io.unifiedmemory.search.text.DateReader;
import io.unifiedmemory.search.text.StopWords;
import io.unifiedmemory.search.text.TimeWords;
import io.unifiedmemory.search.text.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A query after analysis: nothing in it is syntax. Immutable; thread-safe.
 *
 * @param text the text as it was written
 * @param folded the case-folded text, see {@link CaseFolding}: a memory that contains it is always a hit
 * @param words the meaningful terms, each once, in their order; empty when the query has nothing but signs and words
 *     like "what" and "the"
 * @param inner terms that occur in every text which contains the whole query; empty when none is certain
 * @param edges the words at the edges, which occur in every such text as they are or as part of a longer word
 * @param asksWhen whether the query asks for a time
 * @param dates the dates that it names
 * @param dateTerms the terms of the words in which these dates are written
 */
public record Query(
        String text,
        String folded,
        List<Token> words,
        Set<String> inner,
        List<Edge> edges,
        boolean asksWhen,
        List<DateMention> dates,
        Set<String> dateTerms)
        implements SearchText {

    /** The number of words that count; the rest of a longer query is ignored. */
    private static final int MOST_WORDS = 32;

    /** The least length of a word, in characters, to match longer words that begin with it. */
    private static final int SHORTEST_PREFIX = 4;

    /** A word at an edge of the query: a text that contains the query may have a longer word there. */
    public record Edge(String form, boolean openBefore, boolean openBehind) {

        /** Whether a normalized word of a text can be the one at this edge. */
        public boolean fits(String word) {
            if (openBefore) {
                return openBehind ? word.contains(form) : word.endsWith(form);
            }
            return word.startsWith(form);
        }

        /** Whether a stop word, which no index knows, may be at this edge. */
        boolean mayBeStopWord() {
            return StopWords.anyMatch(this::fits);
        }
    }

    /** The text as a query; a text that has been analysed before is its own query. */
    public static Query of(SearchText text) {
        return text instanceof Query query ? query : of(text.text());
    }

    /** Analyses a text of any length and in any language. */
    public static Query of(String text) {
        List<Token> tokens = Analyzer.tokens(text);
        Map<String, Token> words = new LinkedHashMap<>();
        for (Token token : meant(tokens)) {
            if (words.size() < MOST_WORDS && !StopWords.contains(token.form())) {
                words.putIfAbsent(token.term(), token);
            }
        }
        DateReader.Dates dates = DateReader.read(text, tokens);
        return new Query(
                text,
                CaseFolding.fold(text),
                List.copyOf(words.values()),
                inner(text, tokens),
                edges(text, tokens),
                tokens.stream().anyMatch(TimeWords::isWhen),
                dates.mentions(),
                dates.terms());
    }

    @Override
    public boolean isContainedIn(MemoryEntry entry) {
        return isContainedIn(entry.key()) || isContainedIn(entry.value());
    }

    /** Whether a text contains the whole query, ignoring case. */
    public boolean isContainedIn(String value) {
        return CaseFolding.fold(value).contains(folded);
    }

    /** Whether a word of a hit matches a word of the query, for highlighting. */
    public boolean matches(Token token) {
        for (Token word : words) {
            boolean begins =
                    word.form().length() >= SHORTEST_PREFIX && token.form().startsWith(word.form());
            if (begins || word.term().equals(token.term())) {
                return true;
            }
        }
        return false;
    }

    /** The tokens without single signs that are part of a pair. */
    private static List<Token> meant(List<Token> tokens) {
        List<Token> meant = new ArrayList<>();
        Token last = null;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            boolean startsPair = i + 1 < tokens.size() && tokens.get(i + 1).start() == token.start();
            boolean endsPair = last != null && token.end() <= last.end();
            if (!startsPair && !endsPair) {
                meant.add(token);
                last = token;
            }
        }
        return meant;
    }

    /**
     * The terms of the words between the edges. A word at an edge may be a part of a longer one; the others, and signs,
     * are what they are.
     */
    private static Set<String> inner(String text, List<Token> tokens) {
        Set<String> inner = new LinkedHashSet<>();
        for (Token token : tokens) {
            boolean atEdge = token.start() == 0 || token.end() == text.length();
            boolean certain = !atEdge || Analyzer.isSign(text, token);
            if (certain && !StopWords.contains(token.form())) {
                inner.add(token.term());
            }
        }
        return inner;
    }

    private static List<Edge> edges(String text, List<Token> tokens) {
        return tokens.stream()
                .filter(token -> !Analyzer.isSign(text, token))
                .filter(token -> token.start() == 0 || token.end() == text.length())
                .map(token -> new Edge(token.form(), token.start() == 0, token.end() == text.length()))
                .toList();
    }
}
