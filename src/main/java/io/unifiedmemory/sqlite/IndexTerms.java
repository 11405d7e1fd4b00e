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

/**
 * The terms under which a user's memories stand in the index. Each begins with the number of the user and a letter for
 * its kind, so that every list of hits belongs to one user and one field, and nothing in a term is syntax.
 */
final class IndexTerms {

    /** What the term was read from. */
    enum Kind {
        WORD('w'),
        /** A word that is not its own term, as it was written. */
        FORM('f'),
        YEAR('y'),
        MONTH('n'),
        DAY('d');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

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

    /**
     * A memory as the index knows it.
     *
     * @param text the terms of key, value and date, separated by blanks
     * @param repeated those that occur more than once
     * @param metadata the terms of the metadata
     * @param words how many words of key and value count
     * @param forms its words as they were written
     * @param question whether it is a short question
     * @param tellsTime whether it says when something was
     */
    record Indexed(
            String text,
            String repeated,
            String metadata,
            int words,
            Set<String> forms,
            boolean question,
            boolean tellsTime) {}

    /** All terms of a memory. */
    Indexed of(MemoryEntry entry, EntryContext context) {
        Set<String> terms = new LinkedHashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        Set<String> metadata = new LinkedHashSet<>();
        Set<String> forms = new LinkedHashSet<>();
        List<Token> value = Analyzer.tokens(entry.value());
        int words = add(entry.key(), Analyzer.tokens(entry.key()), terms, repeated, forms)
                + add(entry.value(), value, terms, repeated, forms);
        Analyzer.nameParts(entry.key()).forEach(token -> terms.add(term(Kind.WORD, token.term())));
        Analyzer.tokens(context.words()).forEach(token -> metadata.add(term(Kind.WORD, token.term())));
        if (context.time() != null) {
            LocalDate date = LocalDate.ofInstant(context.time(), ZoneOffset.UTC);
            terms.add(term(Kind.YEAR, Integer.toString(date.getYear())));
            terms.add(term(Kind.MONTH, Integer.toString(date.getMonthValue())));
            terms.add(term(Kind.DAY, Integer.toString(date.getDayOfMonth())));
        }
        boolean question = words <= Ranking.SHORT_QUESTION && isQuestion(entry.value());
        return new Indexed(
                String.join(" ", terms),
                String.join(" ", repeated),
                String.join(" ", metadata),
                words,
                forms,
                question,
                Analyzer.tellsTime(value));
    }

    /** The words that these texts have as they were written. */
    static Set<String> forms(String... texts) {
        Set<String> forms = new LinkedHashSet<>();
        for (String text : texts) {
            new IndexTerms(0).add(text, Analyzer.tokens(text), new LinkedHashSet<>(), new LinkedHashSet<>(), forms);
        }
        return forms;
    }

    private int add(String text, List<Token> tokens, Set<String> terms, Set<String> repeated, Set<String> forms) {
        int words = 0;
        for (Token token : tokens) {
            if (!Analyzer.isStopWord(token)) {
                words++;
                if (!Analyzer.isSign(text, token)) {
                    forms.add(token.form());
                }
                if (!terms.add(term(Kind.WORD, token.term()))) {
                    repeated.add(term(Kind.WORD, token.term()));
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
