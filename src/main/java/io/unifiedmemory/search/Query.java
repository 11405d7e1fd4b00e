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
 * A query as it is looked up: nothing in it is syntax. Immutable; thread-safe.
 *
 * @param text as it was written
 * @param folded the text with its cases folded, see {@link CaseFolding}: what contains it is a hit in any case
 * @param words what the query is about, each term once, in their order; empty when it has nothing but signs and words
 *     like "what" and "the"
 * @param inner terms that every text has which contains the whole query; empty when none is certain
 * @param edges the words at the edges, which every such text has as they are or as part of a longer word
 * @param asksWhen whether a time is asked for
 * @param dates the dates that it names
 * @param dateTerms the terms of the words that these are written with
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

    /** Of a longer query the beginning is looked up. */
    private static final int MOST_WORDS = 32;

    /** Characters: a shorter word does not stand for those that begin with it. */
    private static final int SHORTEST_PREFIX = 4;

    /** A word at an edge of the query: in a text that contains the query it may go on there. */
    public record Edge(String form, boolean openBefore, boolean openBehind) {

        /** Whether a normalized word can be the one that the text has at this edge. */
        public boolean fits(String word) {
            if (openBefore) {
                return openBehind ? word.contains(form) : word.endsWith(form);
            }
            return word.startsWith(form);
        }

        /** Whether a word that says nothing, which no index knows, may stand at this edge. */
        boolean mayBeStopWord() {
            return StopWords.anyMatch(this::fits);
        }
    }

    /** A text as a query: itself when it has been read before. */
    public static Query of(SearchText text) {
        return text instanceof Query query ? query : of(text.text());
    }

    /** Reads a text, which may be of any length and in any language, as what somebody looks for. */
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

    /** Whether a word of a hit is one that was asked for, for highlighting. */
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

    /** Without the single signs that are part of a pair. */
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

    /** A word at an edge of the query may be a part of a longer one; words between and signs are what they are. */
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
