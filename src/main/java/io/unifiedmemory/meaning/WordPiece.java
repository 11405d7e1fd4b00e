package io.unifiedmemory.meaning;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Splits texts into the tokens that BERT-like models know: words in lower case and without accents, and where a word is
 * unknown, its longest known beginnings one after the other (Wu et al., 2016). The same tokens as Hugging Face's {@code
 * BertNormalizer}, {@code BertPreTokenizer} and {@code WordPiece}, but that the names of special tokens in a text are words
 * as others are. Immutable; thread-safe.
 */
final class WordPiece {

    private static final String UNKNOWN = "[UNK]";

    /** Marks what goes on with a word. */
    private static final String GOES_ON = "##";

    /** In characters; a longer word is unknown. */
    private static final int LONGEST_WORD = 100;

    private static final int REPLACEMENT = 0xFFFD;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final int unknown;

    /** @param vocabulary the tokens, in the order of their numbers */
    WordPiece(List<String> vocabulary) {
        for (int i = 0; i < vocabulary.size(); i++) {
            numbers.put(vocabulary.get(i), i);
        }
        unknown = number(UNKNOWN);
    }

    /** The number of a token that every vocabulary has, such as {@code [CLS]}. */
    int number(String token) {
        Integer number = numbers.get(token);
        if (number == null) {
            throw new ModelException("the vocabulary has no " + token + ": install the model again");
        }
        return number;
    }

    /** The numbers of the tokens of a text, without those that mark beginning and end. */
    List<Integer> tokens(String text) {
        List<Integer> tokens = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        normalized(text).codePoints().forEach(c -> {
            if (isSpace(c)) {
                addWord(word, tokens);
            } else if (isPunctuation(c)) {
                addWord(word, tokens);
                addWord(word.appendCodePoint(c), tokens);
            } else {
                word.appendCodePoint(c);
            }
        });
        addWord(word, tokens);
        return tokens;
    }

    /** Without control characters and accents, in lower case, with each ideograph as a word. */
    private static String normalized(String text) {
        StringBuilder clean = new StringBuilder(text.length() + 16);
        text.codePoints().filter(c -> !isControl(c)).forEach(c -> {
            if (isIdeograph(c)) {
                clean.append(' ').appendCodePoint(c).append(' ');
            } else {
                clean.appendCodePoint(isSpace(c) ? ' ' : c);
            }
        });
        StringBuilder plain = new StringBuilder(clean.length());
        Normalizer.normalize(clean, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(c -> appendLowerCase(c, plain));
        return plain.toString();
    }

    /** Character by character, so that a sigma at the end of a word is one as any other. */
    private static void appendLowerCase(int c, StringBuilder to) {
        if (c < 0x80) {
            to.append((char) Character.toLowerCase(c));
        } else {
            to.append(Character.toString(c).toLowerCase(Locale.ROOT));
        }
    }

    private void addWord(StringBuilder word, List<Integer> tokens) {
        if (word.isEmpty()) {
            return;
        }
        int before = tokens.size();
        String text = word.toString();
        word.setLength(0);
        if (text.codePointCount(0, text.length()) > LONGEST_WORD) {
            tokens.add(unknown);
            return;
        }
        for (int from = 0; from < text.length(); ) {
            int to = text.length();
            Integer number = numbers.get(piece(text, from, to));
            while (number == null && to > from + 1) {
                to = text.offsetByCodePoints(to, -1);
                number = to > from ? numbers.get(piece(text, from, to)) : null;
            }
            if (number == null) {
                tokens.subList(before, tokens.size()).clear();
                tokens.add(unknown);
                return;
            }
            tokens.add(number);
            from = to;
        }
    }

    private static String piece(String word, int from, int to) {
        return from == 0 ? word.substring(0, to) : GOES_ON + word.substring(from, to);
    }

    private static boolean isControl(int c) {
        if (c == '\t' || c == '\n' || c == '\r') {
            return false;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.SURROGATE -> true;
            default -> c == REPLACEMENT;
        };
    }

    private static boolean isSpace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    private static boolean isPunctuation(int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The blocks that BERT's own tokenizer names; not those of Hangul, Hiragana and Katakana. */
    private static boolean isIdeograph(int c) {
        return (c >= 0x4E00 && c <= 0x9FFF)
                || (c >= 0x3400 && c <= 0x4DBF)
                || (c >= 0x20000 && c <= 0x2A6DF)
                || (c >= 0x2A700 && c <= 0x2B73F)
                || (c >= 0x2B740 && c <= 0x2B81F)
                || (c >= 0x2B920 && c <= 0x2CEAF)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0x2F800 && c <= 0x2FA1F);
    }
}
