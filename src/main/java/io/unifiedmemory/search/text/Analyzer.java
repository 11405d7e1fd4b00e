package io.unifiedmemory.search.text;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Splits texts into tokens. Stateless; thread-safe.
 *
 * <p>A token depends on its own characters only, ignoring case: the words inside a query are also words of every text
 * that contains the query.
 */
public final class Analyzer {

    /**
     * Scripts whose words are not separated, or carry their particles: every sign and every pair of neighbours is a
     * token.
     */
    private static final Set<UnicodeScript> WITHOUT_SPACES = Set.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.HANGUL,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);

    private static final Pattern HUMP = Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{L})(?=\\p{N})");

    private static final int LAST_ASCII = 0x7F;

    /** Where a part of an identifier begins: "parse|HTTP|Response". */
    private static final Pattern PART_OF_IDENTIFIER =
            Pattern.compile("(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

    /** With fewer capitals than that, a word that begins with one is rather a name, such as "JavaScript". */
    private static final int PARTS_OF_CAPITALIZED = 3;

    private enum Kind {
        GAP,
        WORD,
        SIGN,
        SYMBOL
    }

    private Analyzer() {}

    /**
     * Returns all tokens in the order of their starts; in scripts without spaces, each sign and each pair of
     * neighbours.
     */
    public static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>(text.length() / 5 + 1);
        for (Run run = next(text, 0); run != null; run = next(text, run.end())) {
            run.addTokens(text, tokens);
        }
        return tokens;
    }

    /** Returns the tokens of a name, in which "dueDate" and "room7" are two words each. */
    public static List<Token> nameParts(String name) {
        return Stream.of(HUMP.split(name, -1))
                .flatMap(part -> tokens(part).stream())
                .toList();
    }

    /**
     * Returns the parts of a token that is an identifier of a program, such as "fetchRemoteConfig", without stop words;
     * none of any other token.
     */
    public static List<Token> identifierParts(String text, Token token) {
        if (!hasInnerCapital(text, token)) {
            return List.of();
        }
        String[] parts = PART_OF_IDENTIFIER.split(text.substring(token.start(), token.end()), -1);
        boolean capitalized = Character.isUpperCase(parts[0].codePointAt(0));
        if (parts.length < (capitalized ? PARTS_OF_CAPITALIZED : 2)
                || Stream.of(parts).anyMatch(part -> part.length() < 2)) {
            return List.of();
        }
        return Stream.of(parts)
                .flatMap(part -> tokens(part).stream())
                .filter(part -> !isStopWord(part))
                .toList();
    }

    private static boolean hasInnerCapital(String text, Token token) {
        for (int i = token.start() + 1; i < token.end(); i++) {
            if (Character.isUpperCase(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the text has a time expression, such as "yesterday" or the name of a month. */
    public static boolean tellsTime(List<Token> tokens) {
        return tokens.stream().anyMatch(TimeWords::isTimeExpression);
    }

    /** Whether the token is a stop word such as "the", which says nothing about the topic of a text. */
    public static boolean isStopWord(Token token) {
        return StopWords.contains(token.form());
    }

    /** Whether the token is a sign, and so the same at every position. */
    public static boolean isSign(String text, Token token) {
        Kind kind = kind(text.codePointAt(token.start()));
        return kind == Kind.SIGN || kind == Kind.SYMBOL;
    }

    /** Returns the first run at or behind the index; null at the end. */
    static @Nullable Run next(String text, int from) {
        int start = from;
        while (start < text.length()) {
            int codePoint = text.codePointAt(start);
            int end = start + Character.charCount(codePoint);
            Kind kind = kind(codePoint);
            if (kind == Kind.SYMBOL) {
                return new Run(start, end, false);
            }
            if (kind != Kind.GAP) {
                return new Run(start, endOfRun(text, end, kind), kind == Kind.SIGN);
            }
            start = end;
        }
        return null;
    }

    private static int endOfRun(String text, int from, Kind kind) {
        int end = from;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            if (kind(codePoint) != kind) {
                return end;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }

    /** Neighbouring characters of one kind. */
    record Run(int start, int end, boolean signs) {

        void addTokens(String text, List<Token> tokens) {
            if (signs) {
                addSigns(text, tokens);
            } else {
                String form = WordForms.normalize(text.substring(start, end));
                if (!form.isEmpty()) {
                    tokens.add(new Token(start, end, form, WordForms.term(form)));
                }
            }
        }

        private void addSigns(String text, List<Token> tokens) {
            for (int at = start; at < end; ) {
                int second = text.offsetByCodePoints(at, 1);
                addSign(text, at, second, tokens);
                if (second < end) {
                    addSign(text, at, text.offsetByCodePoints(second, 1), tokens);
                }
                at = second;
            }
        }

        private static void addSign(String text, int from, int to, List<Token> tokens) {
            String form = WordForms.normalize(text.substring(from, to));
            if (!form.isEmpty()) {
                tokens.add(new Token(from, to, form, form));
            }
        }
    }

    private static Kind kind(int codePoint) {
        if (codePoint <= LAST_ASCII) {
            return isAsciiWord(codePoint) ? Kind.WORD : Kind.GAP;
        }
        int type = Character.getType(codePoint);
        if (type == Character.OTHER_SYMBOL) {
            return Kind.SYMBOL;
        }
        boolean mark = type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
        if (!mark && !Character.isLetterOrDigit(codePoint) && type != Character.LETTER_NUMBER) {
            return Kind.GAP;
        }
        return WITHOUT_SPACES.contains(UnicodeScript.of(codePoint)) ? Kind.SIGN : Kind.WORD;
    }

    private static boolean isAsciiWord(int codePoint) {
        int letter = codePoint | 0x20;
        return (letter >= 'a' && letter <= 'z') || (codePoint >= '0' && codePoint <= '9');
    }
}
