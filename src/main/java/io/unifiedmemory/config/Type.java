package io.unifiedmemory.config;

import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Names;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What values an option takes: reads a JSON scalar, or the text of a variable or flag. Each is one of a kind. */
final class Type {

    /** Gives the value, or null when the text is not one. */
    @FunctionalInterface
    interface Parser {
        @Nullable
        Object parse(Object raw);
    }

    /** As many as a user id may have, which is one of these texts. */
    private static final int MAX_TEXT_CHARS = Limits.DEFAULT.maxNameChars();

    private static final int MAX_SHOWN_CHARS = 100;

    static final Type TEXT = new Type(
            "a text of 1 to " + MAX_TEXT_CHARS + " characters without control characters",
            raw -> raw instanceof String text && Names.fault(text, MAX_TEXT_CHARS) == null ? text : null);

    /** Such a text whose value no message shows. */
    static final Type SECRET = new Type(TEXT.accepts, TEXT.parser);

    static final Type PATH = new Type("a path", raw -> raw instanceof String text ? text : null);

    /** An address may have a password in it. */
    static final Type DATABASE = new Type("a path, or an address like postgresql://user@host/database", PATH.parser);

    static final Type FLAG = new Type("true or false", raw -> switch (raw.toString()) {
        case "true" -> true;
        case "false" -> false;
        default -> null;
    });

    static final Type URL = new Type("an http or https address", raw -> isAddress(raw, "http", "https") ? raw : null);

    /** Who can change keys on their way can let anybody in. */
    static final Type KEYS_URL = new Type(
            "an https address, or http on this machine",
            raw -> isAddress(raw, "https") || (isAddress(raw, "http") && isLoopback(raw)) ? raw : null);

    private static final Set<String> SIGNATURES =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    /** Those with a key pair only: with a shared secret, or none, anybody could sign who can read the public key. */
    static final Type ALGORITHMS = new Type(
            "some of " + String.join(", ", new TreeSet<>(SIGNATURES)) + ", with commas between them",
            raw -> raw instanceof String text && SIGNATURES.containsAll(List.of(text.split(" *, *", -1)))
                    ? text
                    : null);

    private final String accepts;
    private final Parser parser;

    private Type(String accepts, Parser parser) {
        this.accepts = accepts;
        this.parser = parser;
    }

    private static boolean isAddress(Object raw, String... schemes) {
        try {
            URI uri = new URI(raw.toString());
            return Arrays.asList(schemes).contains(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isLoopback(Object raw) {
        return Set.of("localhost", "127.0.0.1", "[::1]")
                .contains(URI.create(raw.toString()).getHost());
    }

    /** What it takes, for people. */
    String accepts() {
        return accepts;
    }

    boolean accepts(Object raw) {
        return parser.parse(raw) != null;
    }

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
     * @throws ConfigException naming option, accepted values and origin; what was said instead only where it is no secret
     */
    Object parse(String option, Object raw, String origin) {
        Object value = parser.parse(raw);
        if (value == null) {
            throw new ConfigException(option + " must be " + accepts + (mayHoldSecret() ? "" : ", not " + shown(raw))
                    + " (from " + origin + ")");
        }
        return value;
    }

    /** An address may have a password or a token in it. */
    private boolean mayHoldSecret() {
        return this == SECRET || this == URL || this == KEYS_URL || this == DATABASE;
    }

    private static String shown(Object raw) {
        String text = raw.toString();
        return raw instanceof Map || raw instanceof List || text.length() > MAX_SHOWN_CHARS ? kindOf(raw) : text;
    }

    /** What a value is, for messages about one that may hold a secret. */
    static String kindOf(@Nullable Object raw) {
        return raw instanceof Map
                ? "an object"
                : raw instanceof List ? "an array" : raw instanceof String ? "a text" : "" + raw;
    }
}
