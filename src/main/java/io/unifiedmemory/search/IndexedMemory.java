package io.unifiedmemory.search;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.search.Expression.Kind;
import io.unifiedmemory.search.Expression.Term;
import io.unifiedmemory.search.text.Analyzer;
import io.unifiedmemory.search.text.Numbers;
import io.unifiedmemory.search.text.Token;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A memory as an index knows it. Immutable.
 *
 * @param text the terms of key, value and date
 * @param repeated the terms that occur more than once
 * @param metadata the terms of the metadata
 * @param words how many words of key and value count
 * @param surfaces its words as they were written
 * @param question whether it is a short question
 * @param tellsTime whether it contains a time expression
 */
public record IndexedMemory(
        Set<Term> text,
        Set<Term> repeated,
        Set<Term> metadata,
        int words,
        Set<String> surfaces,
        boolean question,
        boolean tellsTime) {

    /**
     * The version of the rules by which memories are read. Whoever changes what is read of a memory raises it, with a
     * step of each store's schema: stores read again what they read by earlier rules. New rules only add terms, so that
     * meanwhile a search finds by words all that it found before.
     */
    public static final int ANALYSIS = 1;

    /** The longest short question, in words: a longer text that ends with a question mark is more than a question. */
    private static final int SHORT_QUESTION = 20;

    /** Analyses a memory. */
    public static IndexedMemory of(MemoryEntry entry, EntryContext context) {
        Words words = new Words();
        List<Token> value = Analyzer.tokens(entry.value());
        words.add(entry.key(), Analyzer.tokens(entry.key()));
        words.add(entry.value(), value);
        words.addParts(entry.key(), Analyzer.tokens(entry.key()));
        words.addParts(entry.value(), value);
        Analyzer.nameParts(entry.key()).forEach(token -> words.terms.add(new Term(Kind.STEM, token.term())));
        Set<Term> metadata = new LinkedHashSet<>();
        Analyzer.tokens(context.words()).forEach(token -> metadata.add(new Term(Kind.STEM, token.term())));
        Numbers.of(context.words()).forEach(number -> metadata.add(new Term(Kind.STEM, number.term())));
        boolean tellsTime = Analyzer.tellsTime(value);
        LocalDate date = context.time() == null ? null : LocalDate.ofInstant(context.time(), ZoneOffset.UTC);
        if (tellsTime) {
            words.terms.addAll(MentionedDates.of(entry.value(), value, date));
        }
        if (date != null) {
            words.terms.add(new Term(Kind.YEAR, Integer.toString(date.getYear())));
            words.terms.add(new Term(Kind.MONTH, Integer.toString(date.getMonthValue())));
            words.terms.add(new Term(Kind.DAY, Integer.toString(date.getDayOfMonth())));
        }
        return new IndexedMemory(
                words.terms,
                words.repeated,
                metadata,
                words.count,
                words.surfaces,
                words.count <= SHORT_QUESTION && isQuestion(entry.value()),
                tellsTime);
    }

    /** The words of these texts, as they were written. */
    public static Set<String> surfaces(String... texts) {
        Words words = new Words();
        for (String text : texts) {
            words.add(text, Analyzer.tokens(text));
        }
        return words.surfaces;
    }

    /** The term under which a written word is indexed: its stem where the two are the same. */
    public static Term termOf(String surface) {
        String stem = Analyzer.tokens(surface).get(0).term();
        return surface.equals(stem) ? new Term(Kind.STEM, stem) : new Term(Kind.SURFACE, surface);
    }

    /** Collects the words of key and value. */
    private static final class Words {

        private final Set<Term> terms = new LinkedHashSet<>();
        private final Set<Term> repeated = new LinkedHashSet<>();
        private final Set<String> surfaces = new LinkedHashSet<>();
        private int count;

        void add(String text, List<Token> tokens) {
            for (Token token : tokens) {
                if (!Analyzer.isStopWord(token)) {
                    count++;
                    if (!Analyzer.isSign(text, token)) {
                        surfaces.add(token.form());
                    }
                    Term stem = new Term(Kind.STEM, token.term());
                    if (!terms.add(stem)) {
                        repeated.add(stem);
                    }
                    if (!token.form().equals(token.term())) {
                        terms.add(new Term(Kind.SURFACE, token.form()));
                    }
                }
            }
        }

        /** Adds what is found by other words than those that stand there. */
        void addParts(String text, List<Token> tokens) {
            for (Token token : tokens) {
                Analyzer.identifierParts(text, token).forEach(part -> terms.add(new Term(Kind.STEM, part.term())));
            }
            Numbers.of(text).forEach(number -> terms.add(new Term(Kind.STEM, number.term())));
        }
    }

    private static boolean isQuestion(String text) {
        String end = text.stripTrailing();
        return end.endsWith("?") || end.endsWith("\uFF1F") || end.endsWith("\u061F");
    }
}
