package io.unifiedmemory.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.ArabicStemmer;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.GreekStemmer;
import org.tartarus.snowball.ext.HindiStemmer;
import org.tartarus.snowball.ext.RussianStemmer;

/**
 * What the forms of a word have in common: case, accents and endings are taken away, irregular forms are led back to
 * the word. The script chooses the stemmer; other languages in Latin script pass through the English one, which leaves
 * most of their words alone. Thread-safe.
 */
final class WordForms {

    /** Characters: the rest of a longer word is not compared. */
    private static final int LONGEST = 64;

    private static final int SHORTEST_STEMMED = 3;

    private static final int CACHED = 4_096;

    private static final Map<Character, String> UNDECOMPOSED = Map.of(
            '\u00F8', "o", '\u0142', "l", '\u0111', "d", '\u00DF', "ss", '\u00E6', "ae", '\u0153', "oe", '\u0131', "i",
            '\u00FE', "th", '\u00F0', "d");

    private static final ThreadLocal<Stemmers> STEMMERS = ThreadLocal.withInitial(Stemmers::new);

    private WordForms() {}

    /** Lower case, one way of writing each character, no accents where they only modify a letter. */
    static String normalize(String word) {
        String cut = word.length() <= LONGEST ? word : word.substring(0, word.offsetByCodePoints(0, longest(word)));
        String folded = CaseFolding.fold(cut);
        if (isAscii(folded)) {
            return folded;
        }
        UnicodeScript script = UnicodeScript.of(folded.codePointAt(0));
        return switch (script) {
            case LATIN, GREEK, ARABIC, HEBREW, COMMON, INHERITED -> CaseFolding.fold(withoutMarks(folded));
            case CYRILLIC -> Normalizer.normalize(folded, Normalizer.Form.NFKC).replace('\u0451', '\u0435');
            default -> CaseFolding.fold(Normalizer.normalize(folded, Normalizer.Form.NFKC));
        };
    }

    private static int longest(String word) {
        return Math.min(LONGEST, word.codePointCount(0, word.length()));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static String withoutMarks(String folded) {
        String decomposed = Normalizer.normalize(folded, Normalizer.Form.NFKD);
        StringBuilder plain = new StringBuilder(decomposed.length());
        decomposed
                .chars()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(c -> plain.append(UNDECOMPOSED.getOrDefault((char) c, String.valueOf((char) c))));
        return plain.toString();
    }

    /** The stem of a normalized word. */
    static String term(String form) {
        return form.length() < SHORTEST_STEMMED ? form : STEMMERS.get().term(form);
    }

    /** The stemmers of one thread with the words they met last. */
    private static final class Stemmers {

        private final Map<String, String> met = new HashMap<>();
        private final Map<UnicodeScript, SnowballStemmer> byScript = new HashMap<>();

        String term(String form) {
            String known = met.get(form);
            if (known != null) {
                return known;
            }
            String term = stem(IrregularForms.base(form));
            if (met.size() >= CACHED) {
                met.clear();
            }
            met.put(form, term);
            return term;
        }

        private String stem(String word) {
            if (!Character.isLetter(word.codePointAt(0))) {
                return word;
            }
            UnicodeScript script = UnicodeScript.of(word.codePointAt(0));
            SnowballStemmer stemmer = switch (script) {
                case LATIN -> byScript.computeIfAbsent(script, s -> new EnglishStemmer());
                case CYRILLIC -> byScript.computeIfAbsent(script, s -> new RussianStemmer());
                case GREEK -> byScript.computeIfAbsent(script, s -> new GreekStemmer());
                case ARABIC -> byScript.computeIfAbsent(script, s -> new ArabicStemmer());
                case DEVANAGARI -> byScript.computeIfAbsent(script, s -> new HindiStemmer());
                default -> null;
            };
            if (stemmer == null) {
                return word;
            }
            stemmer.setCurrent(word);
            stemmer.stem();
            String stem = stemmer.getCurrent();
            return stem.isEmpty() ? word : stem;
        }
    }
}
