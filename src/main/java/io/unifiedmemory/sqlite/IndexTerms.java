package io.unifiedmemory.sqlite;

import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.text.Analyzer;
import io.unifiedmemory.text.DateMention;
import io.unifiedmemory.text.Token;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The terms under which a user's memories stand in the index. Each begins with the number of the user and a letter for
 * its kind, so that every list of hits belongs to one user and one field, and nothing in a term is syntax.
 */
final class IndexTerms {

    /** What the term was read from. */
    enum Kind {
        /** Key or value. */
        WORD('w'),
        /** The same, for terms that occur more than once. */
        REPEATED('r'),
        /** Key or value: words that are not their own term, as they were written. */
        FORM('f'),
        METADATA('m'),
        YEAR('y'),
        MONTH('n'),
        DAY('d'),
        /** Three neighbouring characters of a word that the user knows. */
        PART('p');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    /** Behind the last character of a word, so that its end has parts too; no word has it. */
    private static final String END_OF_WORD = "\u00B7\u00B7";

    private static final int PART_LENGTH = 3;

    private static final Pattern HUMP = Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{L})(?=\\p{N})");

    private final String user;

    IndexTerms(long user) {
        this.user = Long.toString(user);
    }

    String term(Kind kind, String text) {
        return user + kind.letter + text;
    }

    /** The expression for one term. */
    String match(Kind kind, String text) {
        return '"' + term(kind, text) + '"';
    }

    /** The expression for a word as it was written, or more. */
    String matchForm(String form) {
        String term = Analyzer.tokens(form).get(0).term();
        return form.equals(term) ? match(Kind.WORD, term) : match(Kind.FORM, form);
    }

    /** Whether no memory stands under this word. */
    static boolean isLeftOut(String form) {
        return Analyzer.tokens(form).stream().anyMatch(Analyzer::isStopWord);
    }

    /** The expression for what happened then. */
    String match(DateMention date) {
        List<String> parts = new ArrayList<>();
        if (date.year() > 0) {
            parts.add(match(Kind.YEAR, Integer.toString(date.year())));
        }
        if (date.month() > 0) {
            parts.add(match(Kind.MONTH, Integer.toString(date.month())));
        }
        if (date.day() > 0) {
            parts.add(match(Kind.DAY, Integer.toString(date.day())));
        }
        return String.join(" AND ", parts);
    }

    /** The expression for the words that have these neighbouring characters. */
    String matchParts(String characters, boolean atEnd) {
        String text = atEnd ? characters + END_OF_WORD : characters;
        List<String> parts = parts(text);
        return parts.isEmpty()
                ? match(Kind.PART, text) + '*'
                : parts.stream().map(part -> match(Kind.PART, part)).collect(Collectors.joining(" AND "));
    }

    /** All terms of a word. */
    String ofWord(String word) {
        return parts(word + END_OF_WORD).stream()
                .map(part -> term(Kind.PART, part))
                .collect(Collectors.joining(" "));
    }

    private static List<String> parts(String text) {
        int[] codePoints = text.codePoints().toArray();
        List<String> parts = new ArrayList<>();
        for (int i = 0; i + PART_LENGTH <= codePoints.length; i++) {
            parts.add(new String(codePoints, i, PART_LENGTH));
        }
        return parts;
    }

    /**
     * A memory as the index knows it.
     *
     * @param terms all of them, separated by blanks
     * @param words how many words of key and value count
     * @param forms its words as they were written, including those that have no terms
     * @param question whether it is a short question
     * @param tellsTime whether it says when something was
     */
    record Indexed(String terms, int words, Set<String> forms, boolean question, boolean tellsTime) {}

    /** All terms of a memory. */
    Indexed of(MemoryEntry entry, EntryContext context) {
        Set<String> terms = new LinkedHashSet<>();
        Set<String> forms = new LinkedHashSet<>();
        List<Token> value = Analyzer.tokens(entry.value());
        int words =
                add(entry.key(), Analyzer.tokens(entry.key()), terms, forms) + add(entry.value(), value, terms, forms);
        for (String part : HUMP.split(entry.key(), -1)) {
            Analyzer.tokens(part).forEach(token -> terms.add(term(Kind.WORD, token.term())));
        }
        Analyzer.tokens(context.words()).forEach(token -> terms.add(term(Kind.METADATA, token.term())));
        if (context.time() != null) {
            LocalDate date = LocalDate.ofInstant(context.time(), ZoneOffset.UTC);
            terms.add(term(Kind.YEAR, Integer.toString(date.getYear())));
            terms.add(term(Kind.MONTH, Integer.toString(date.getMonthValue())));
            terms.add(term(Kind.DAY, Integer.toString(date.getDayOfMonth())));
        }
        boolean question = words <= Ranking.SHORT_QUESTION && isQuestion(entry.value());
        return new Indexed(String.join(" ", terms), words, forms, question, Analyzer.tellsTime(value));
    }

    private int add(String text, List<Token> tokens, Set<String> terms, Set<String> forms) {
        int words = 0;
        for (Token token : tokens) {
            if (!Analyzer.isSign(text, token)) {
                forms.add(token.form());
            }
            if (!Analyzer.isStopWord(token)) {
                words++;
                if (!terms.add(term(Kind.WORD, token.term()))) {
                    terms.add(term(Kind.REPEATED, token.term()));
                }
                if (!token.form().equals(token.term())) {
                    terms.add(term(Kind.FORM, token.form()));
                }
            }
        }
        return words;
    }

    private static boolean isQuestion(String text) {
        String end = text.stripTrailing();
        return end.endsWith("?") || end.endsWith("\uFF1F") || end.endsWith("\u061F");
    }
}
