package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.SearchText;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.CaseFolding;
import io.unifiedmemory.search.text.DateMention;
import io.unifiedmemory.search.text.DateReader;
import io.unifiedmemory.search.text.Numbers;
import io.unifiedmemory.search.text.QueryLanguage;
import io.unifiedmemory.search.text.RelativeDates;
import io.unifiedmemory.search.text.StopWords;
import io.unifiedmemory.search.text.TimeWords;
import io.unifiedmemory.search.text.Token;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
 * @param pieces of words that are {@linkplain Numbers numbers}, the terms of the tokens in which they are written
 * @param compounding whether a word may be a part of a compound
 * @param periods the times that it names in relation to the day on which it is asked, each as dates any of which is meant
 */
public record Query(
        String text,
        String folded,
        List<Token> words,
        Set<String> inner,
        List<Edge> edges,
        boolean asksWhen,
        List<DateMention> dates,
        Set<String> dateTerms,
        Map<String, List<String>> pieces,
        boolean compounding,
        List<List<DateMention>> periods)
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

    /** Analyses a text of any length and in any language, without the day on which it is asked. */
    public static Query of(String text) {
        return of(text, null, () -> ZoneOffset.UTC);
    }

    /**
     * Analyses a text of any length and in any language.
     *
     * @param now when it is asked; null when that does not matter
     * @param zone whose days are meant by "yesterday"; asked where that is, because to know it takes a while at first
     */
    public static Query of(String text, @Nullable Instant now, Supplier<ZoneId> zone) {
        List<Token> tokens = Analyzer.tokens(text);
        List<Token> numbers = Numbers.of(text);
        QueryLanguage language = QueryLanguage.of(text, tokens);
        List<Token> words = words(text, tokens, numbers, language);
        DateReader.Dates dates = DateReader.read(text, tokens);
        return new Query(
                text,
                CaseFolding.fold(text),
                words,
                inner(text, tokens),
                edges(text, tokens),
                tokens.stream().anyMatch(TimeWords::isWhen),
                dates.mentions(),
                dates.terms(),
                pieces(tokens, numbers),
                language.isCompounding(),
                now == null || !RelativeDates.mayBeIn(tokens) ? List.of() : periods(tokens, now, zone.get()));
    }

    private static List<List<DateMention>> periods(List<Token> tokens, Instant now, ZoneId zone) {
        return RelativeDates.read(tokens, LocalDate.ofInstant(now, zone), true).stream()
                .map(days -> Period.of(days, zone))
                .toList();
    }

    private static List<Token> words(String text, List<Token> tokens, List<Token> numbers, QueryLanguage language) {
        Map<String, Token> words = new LinkedHashMap<>();
        for (Token token : meant(tokens)) {
            Token number = numberOf(token, numbers);
            if (number != null) {
                words.putIfAbsent(number.term(), number);
            } else if (!StopWords.isIgnoredInQuery(token.form()) && !language.isStopWord(token)) {
                words.putIfAbsent(token.term(), token);
                Analyzer.identifierParts(text, token).forEach(part -> words.putIfAbsent(part.term(), part));
            }
        }
        return words.values().stream().limit(MOST_WORDS).toList();
    }

    /** The number that a token is a part of; null when it is none. */
    private static @Nullable Token numberOf(Token token, List<Token> numbers) {
        for (Token number : numbers) {
            if (number.start() <= token.start() && token.end() <= number.end()) {
                return number;
            }
        }
        return null;
    }

    private static Map<String, List<String>> pieces(List<Token> tokens, List<Token> numbers) {
        Map<String, List<String>> pieces = new LinkedHashMap<>();
        for (Token token : tokens) {
            Token number = numberOf(token, numbers);
            if (number != null) {
                pieces.computeIfAbsent(number.term(), term -> new ArrayList<>()).add(token.term());
            }
        }
        return pieces;
    }

    @Override
    public boolean isContainedIn(MemoryEntry entry) {
        return isContainedIn(entry.key(), entry.value());
    }

    /** Whether a memory with this key and text contains the whole query. */
    public boolean isContainedIn(String key, String value) {
        return isContainedIn(key) || isContainedIn(value);
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
