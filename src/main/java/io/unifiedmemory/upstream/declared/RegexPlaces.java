package io.unifiedmemory.upstream.declared;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where regular expressions stand in an expression. JSONata also takes one as a function, which nothing here could stop in
 * time; so one may stand only as an argument of the functions that {@link BoundedFunctions} bounds. Stateless.
 */
final class RegexPlaces {

    private static final Set<String> BOUNDED = Set.of("$contains", "$match", "$split", "$replace");

    /** A bounded function that is not called but given another name, or another meaning. */
    private static final Pattern ALIAS = Pattern.compile("\\$(?:contains|match|split|replace)\\b(?!\\s*\\()");

    /** What stands before a regular expression; after anything else a slash divides. */
    private static final String BEFORE = "(,[{:;=<>&|~?+-*%!^/";

    private static final Set<String> WORDS_BEFORE = Set.of("and", "or", "in");

    private RegexPlaces() {}

    /** @throws IllegalArgumentException when a regular expression stands where it is not bounded */
    static void requireBounded(String text, String place) {
        Deque<String> calls = new ArrayDeque<>();
        String word = "";
        char before = '(';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                continue;
            }
            if (text.startsWith("/*", i)) {
                i = endOf(text, i + 2, "*/") + 1;
                continue;
            }
            boolean regex = c == '/' && (BEFORE.indexOf(before) >= 0 || WORDS_BEFORE.contains(word));
            if (regex) {
                if (before != ',' || !BOUNDED.contains(calls.isEmpty() ? "" : calls.peek())) {
                    throw refused(place);
                }
                i = endOf(text, i + 1, "/");
            } else if (c == '\'' || c == '"' || c == '`') {
                i = endOf(text, i + 1, String.valueOf(c));
            } else if (c == '(') {
                calls.push(word);
            } else if (c == ')' && !calls.isEmpty()) {
                calls.pop();
            }
            boolean letter = c == '$' || c == '_' || Character.isLetterOrDigit(c);
            boolean goesOn = letter && i > 0 && isLetter(text.charAt(i - 1));
            word = letter ? goesOn ? word + c : String.valueOf(c) : "";
            before = regex || c == '\'' || c == '"' || c == '`' ? 'x' : c;
        }
        Matcher alias = ALIAS.matcher(text);
        if (alias.find()) {
            throw Fault.at(place, "must call " + alias.group() + " where it names it");
        }
    }

    private static boolean isLetter(char c) {
        return c == '$' || c == '_' || Character.isLetterOrDigit(c);
    }

    /** The index of the end, which a backslash before it hides; the end of the text when there is none. */
    private static int endOf(String text, int from, String end) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.startsWith(end, i)) {
                return i;
            }
        }
        return text.length();
    }

    private static IllegalArgumentException refused(String place) {
        return Fault.at(
                place,
                "has a regular expression that is no argument of $contains, $match, $split or $replace, where alone it"
                        + " can be stopped");
    }
}
