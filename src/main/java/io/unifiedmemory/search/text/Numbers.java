package io.unifiedmemory.search.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads numbers that people write in several tokens, so that all ways of writing one have the same term: amounts with
 * separators ("$1,299.00" is "1299"), telephone numbers with or without country code, versions, UUIDs. The term of what
 * can also be written in one token is that token. Stateless.
 */
public final class Numbers {

    private static final Pattern ANY = Pattern.compile("(?<![\\p{L}\\p{N}])(?:"
            + "(?<uuid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
            + "|(?<date>(?:19|20)\\d\\d([-/.])\\d{1,2}\\3\\d{1,2}|\\d{1,2}([-/.])\\d{1,2}\\4(?:19|20)\\d\\d)"
            + "|(?<amount>\\d{1,3}(?:([,.'\u2019\u00a0\u202f])\\d{3})(?:\\6\\d{3})*)(?:[.,]\\d{1,2})?(?![-.,/]\\d)"
            + "|[vV]?(?!\\d{3}\\.\\d{3}\\.\\d{4}(?!\\d))(?<version>\\d{1,5}(?:\\.\\d{1,5}){2,3})"
            + "|[vV](?<shortVersion>\\d{1,5}\\.\\d{1,5})"
            + "|(?<phone>(?:\\+\\d|\\(\\d|\\d)\\d*(?:(?:[ \\-./]|\\)[ ]?|[ ]?\\()\\d{1,12}){1,6})"
            + "|(?<digits>0\\d{7,14}))(?![\\p{L}\\p{N}])");

    private static final int FEWEST_OF_PHONE = 7;
    private static final int MOST_OF_PHONE = 15;

    /** A group of a telephone number has two digits at least, but for the first one. */
    private static final Pattern LONE_DIGIT = Pattern.compile("\\d\\D+\\d(?!\\d)");

    private static final Pattern YEARS = Pattern.compile("(?:19|20)\\d\\d\\D(?:19|20)\\d\\d");

    /** The country codes of one and two digits; all others have three (ITU-T E.164). */
    private static final Set<String> SHORT_CODES = Set.of(
            ("1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
                            + "81 82 84 86 90 91 92 93 94 95 98")
                    .split(" "));

    /** The length of a number in North America with its country code. */
    private static final int NORTH_AMERICAN = 11;

    private Numbers() {}

    /** The numbers of a text in their order; the tokens that they are written in are not among them. */
    public static List<Token> of(String text) {
        List<Token> numbers = new ArrayList<>();
        int digit = firstDigit(text);
        if (digit == text.length()) {
            return numbers;
        }
        Matcher matcher = ANY.matcher(text);
        matcher.region(Math.max(0, digit - 8), text.length());
        matcher.useTransparentBounds(true);
        while (matcher.find()) {
            String term = term(matcher);
            if (!term.isEmpty()) {
                numbers.add(new Token(matcher.start(), matcher.end(), term, term));
            }
        }
        return numbers;
    }

    private static int firstDigit(String text) {
        int at = 0;
        while (at < text.length() && (text.charAt(at) < '0' || text.charAt(at) > '9')) {
            at++;
        }
        return at;
    }

    /** The term of what was found; empty when that is not a number. */
    private static String term(Matcher found) {
        if (found.group("uuid") != null) {
            return WordForms.normalize(found.group("uuid").replace("-", ""));
        }
        if (found.group("amount") != null) {
            return digits(found.group("amount"));
        }
        String version = found.group("version") == null ? found.group("shortVersion") : found.group("version");
        if (version != null) {
            return version.replace('.', 'x');
        }
        if (found.group("phone") != null) {
            return phone(found.group("phone"));
        }
        return found.group("digits") == null ? "" : found.group("digits").substring(1);
    }

    private static String digits(String text) {
        return text.codePoints()
                .filter(Character::isDigit)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** The national number, without country code and the 0 that stands before it within a country. */
    private static String phone(String text) {
        String international = text.replace("(0)", "");
        String digits = digits(international);
        boolean withCode = text.startsWith("+");
        if (LONE_DIGIT.matcher(international).find()
                || YEARS.matcher(text).matches()
                || digits.length() < FEWEST_OF_PHONE
                || digits.length() > MOST_OF_PHONE) {
            return "";
        }
        if (digits.startsWith("00")) {
            digits = digits.substring(2);
            withCode = true;
        }
        if (withCode) {
            return digits.substring(lengthOfCode(digits));
        }
        boolean trunk = digits.startsWith("0") || (digits.startsWith("1") && digits.length() == NORTH_AMERICAN);
        return trunk ? digits.substring(1) : digits;
    }

    private static int lengthOfCode(String digits) {
        for (int length = 1; length <= 2; length++) {
            if (SHORT_CODES.contains(digits.substring(0, length))) {
                return length;
            }
        }
        return 3;
    }
}
