package io.unifiedmemory.search.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.ArabicStemmer;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.GreekStemmer;
import org.tartarus.snowball.ext.HindiStemmer;
import org.tartarus.snowball.ext.RussianStemmer;

/**
 * Reduces the forms of a word to a common term: removes case, accents and endings, and maps irregular forms to their
 * base. The script selects the stemmer; other languages in Latin script pass through the English one, which leaves most
 * of their words alone. Thread-safe.
 */
final class WordForms {

    /** In characters; the rest of a longer word is not compared. */
    private static final int LONGEST = 64;

    private static final int SHORTEST_STEMMED = 3;

    private static final int CACHED = 8_192;

    private static final Map<Integer, String> UNDECOMPOSED = Map.of(
            0xF8, "o", 0x142, "l", 0x111, "d", 0xDF, "ss", 0xE6, "ae", 0x153, "oe", 0x131, "i", 0xFE, "th", 0xF0, "d");

    /** Cyrillic treats this letter and its accent as one letter, which the stemmer knows. */
    private static final int SHORT_I = 0x438;

    private static final int BREVE = 0x306;

    private static final Set<Integer> VOICING_OF_KANA = Set.of(0x3099, 0x309A);

    /** A bounded memo of recent words and their stems, shared by all threads of the server. */
    private static final Map<String, String> MET = new ConcurrentHashMap<>();

    private static final ThreadLocal<Stemmers> STEMMERS = ThreadLocal.withInitial(Stemmers::new);

    private WordForms() {}

    /** Normalizes a word: lower case, composed characters, no accents where they only modify a letter. */
    static String normalize(String word) {
        String cut = word.length() <= LONGEST ? word : word.substring(0, word.offsetByCodePoints(0, longest(word)));
        String folded = CaseFolding.fold(cut);
        if (isAscii(folded)) {
            return folded;
        }
        return CaseFolding.fold(withoutMarks(folded));
    }

    private static int longest(String word) {
        return Math.min(LONGEST, word.codePointCount(0, word.length()));
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String withoutMarks(String folded) {
        String decomposed = Normalizer.normalize(folded, Normalizer.Form.NFKD);
        StringBuilder plain = new StringBuilder(decomposed.length());
        int before = 0;
        for (int codePoint : decomposed.codePoints().toArray()) {
            boolean accent = isAccent(codePoint) && !(before == SHORT_I && codePoint == BREVE);
            if (!accent && !isAsciiSign(codePoint)) {
                String plainLetters = UNDECOMPOSED.get(codePoint);
                plain.append(plainLetters == null ? Character.toString(codePoint) : plainLetters);
            }
            before = codePoint;
        }
        return plain.toString();
    }

    /** Whether a mark is an accent. Marks of Indic scripts are letters, and those of kana make other letters. */
    private static boolean isAccent(int codePoint) {
        if (Character.getType(codePoint) != Character.NON_SPACING_MARK || VOICING_OF_KANA.contains(codePoint)) {
            return false;
        }
        return switch (UnicodeScript.of(codePoint)) {
            case INHERITED, HEBREW, ARABIC -> true;
            default -> false;
        };
    }

    /** Whether one character represents several ASCII ones, such as that for "a.m.". */
    private static boolean isAsciiSign(int codePoint) {
        return codePoint < 0x80 && !Character.isLetterOrDigit(codePoint);
    }

    /** Returns the stem of a normalized word. */
    static String term(String form) {
        if (form.length() < SHORTEST_STEMMED) {
            return form;
        }
        String known = MET.get(form);
        if (known != null) {
            return known;
        }
        String term = STEMMERS.get().stem(IrregularForms.base(form));
        if (MET.size() >= CACHED) {
            MET.clear();
        }
        MET.put(form, term);
        return term;
    }

    /** The number of memoized words, for tests. */
    static int kept() {
        return MET.size();
    }

    /** The stemmers of one thread; a stemmer works on one word at a time. */
    private static final class Stemmers {

        private final Map<UnicodeScript, SnowballStemmer> byScript = new HashMap<>();

        String stem(String word) {
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
            stemmer.setCurrent(isAscii(word) ? word : Normalizer.normalize(word, Normalizer.Form.NFC));
            stemmer.stem();
            String stem = stemmer.getCurrent();
            return stem.isEmpty() ? word : stem;
        }
    }
}
