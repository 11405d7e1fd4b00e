package io.unifiedmemory.config;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What values an option takes: reads a JSON scalar, or the text of a variable or flag.
 *
 * @param accepts for people
 */
record Type(String accepts, Parser parser) {

    /** Gives the value, or null when the text is not one. */
    @FunctionalInterface
    interface Parser {
        @Nullable
        Object parse(Object raw);
    }

    static final Type TEXT = new Type(
            "a text of 1 to 512 characters without control characters",
            raw -> raw instanceof String text
                            && text.length() <= 512
                            && text.chars().noneMatch(Character::isISOControl)
                    ? text
                    : null);

    static final Type PATH = new Type("a path", raw -> raw instanceof String text ? text : null);

    static final Type FLAG = new Type("true or false", raw -> switch (raw.toString()) {
        case "true" -> true;
        case "false" -> false;
        default -> null;
    });

    static Type integer(int minimum, int maximum) {
        return new Type("a whole number from " + minimum + " to " + maximum, raw -> {
            String text = raw.toString();
            if (!text.matches("-?\\d{1,18}")) {
                return null;
            }
            long number = new BigInteger(text).longValueExact();
            return number >= minimum && number <= maximum ? (int) number : null;
        });
    }

    static Type choice(String... values) {
        List<String> accepted = List.of(values);
        return new Type("one of " + String.join(", ", values), raw -> {
            String text = raw.toString().toLowerCase(Locale.ROOT);
            return accepted.contains(text) ? text : null;
        });
    }

    /**
     * @param origin the file, variable or flag that the value comes from
     * @throws ConfigException naming option, accepted values and origin
     */
    Object parse(String option, Object raw, String origin) {
        Object value = parser.parse(raw);
        if (value == null) {
            throw new ConfigException(option + " must be " + accepts + ", not " + raw + " (from " + origin + ")");
        }
        return value;
    }
}
