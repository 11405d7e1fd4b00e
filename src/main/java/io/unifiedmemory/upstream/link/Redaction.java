package io.unifiedmemory.upstream.link;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.upstream.contract.UpstreamFailures;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of texts what the configuration of an upstream keeps secret: values of headers, tokens and passwords in its
 * URL, secrets among environment and arguments. A server may repeat in an error, or on its standard error, what it was
 * sent. Everything that the upstream can put into a message or a log goes through here. Immutable.
 */
public final class Redaction {

    private static final String MASK = "***";

    /** What is shorter stands in too many texts by chance. */
    private static final int SHORTEST = 4;

    private static final Pattern NAME_OF_SECRET = Pattern.compile(
            "(?i).*(token|secret|passw|passphrase|pwd|(api|access|private)[-_]?key|[-_]key$|^key$|credential|auth|bearer"
                    + "|cookie|dsn).*");

    /** Where a secret is to be found is none. */
    private static final Pattern NAME_OF_PLACE = Pattern.compile("(?i).*(file|path|dir|folder|ur[il]|host|address)$");

    /** A path tells nothing worth hiding, and without it a message would be of little help. */
    private static final Pattern PATH = Pattern.compile("[~./\\\\].*|[A-Za-z]:[\\\\/].*");

    private static final Pattern USER_INFO = Pattern.compile("//[^/\\s@]*@");
    private static final Pattern QUERY_OF_ADDRESS = Pattern.compile("(://[^\\s?]*)\\?\\S*");
    private static final Pattern DEFAULT_OF_VARIABLE = Pattern.compile("(\\$\\{[^}]*?):-[^}]*}");

    /** The longest first, so that none leaves a part of another. */
    private final List<String> secrets;

    private Redaction(Stream<String> secrets) {
        Comparator<String> longestFirst =
                Comparator.comparingInt(String::length).reversed();
        TreeSet<String> sorted = new TreeSet<>(longestFirst.thenComparing(Comparator.naturalOrder()));
        secrets.filter(secret -> secret.strip().length() >= SHORTEST).forEach(sorted::add);
        this.secrets = List.copyOf(sorted);
    }

    public static Redaction of(ServerAddress transport) {
        List<String> secrets = new ArrayList<>();
        if (transport instanceof ServerAddress.Stdio stdio) {
            stdio.env().forEach((name, value) -> {
                if (isSecret(name, value)) {
                    secrets.add(value);
                }
                addAddress(value, secrets);
            });
            addArguments(stdio.args(), secrets);
        } else if (transport instanceof ServerAddress.Http http) {
            addWeb(http.url(), http.headers(), secrets);
        } else if (transport instanceof ServerAddress.Sse sse) {
            addWeb(sse.url(), sse.headers(), secrets);
        }
        return new Redaction(secrets.stream());
    }

    /** Arguments without what looks like a secret among them: the value of an option of such a name, parts of an address. */
    public static List<String> masked(List<String> arguments) {
        List<String> secrets = new ArrayList<>();
        addArguments(arguments, secrets);
        List<String> shown = new ArrayList<>();
        for (String argument : arguments) {
            String text = DEFAULT_OF_VARIABLE.matcher(argument).replaceAll("$1}");
            for (String secret : secrets) {
                // What a placeholder stands for is not in it.
                text = secret.startsWith("${") ? text : text.replace(secret, MASK);
            }
            text = USER_INFO.matcher(text).replaceAll("//");
            shown.add(QUERY_OF_ADDRESS.matcher(text).replaceAll("$1"));
        }
        return shown;
    }

    /** The text without secrets. */
    public String text(String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean.replace(secret, MASK);
        }
        return clean;
    }

    /** The failure of a link or contract without secrets, those in the texts of its causes included. */
    public BackendException failure(Throwable failure) {
        BackendException told = failure instanceof BackendException known ? known : UpstreamFailures.of(failure);
        return holdsSecret(told) || holdsSecret(told.hint())
                ? new BackendException(told.kind(), text(String.valueOf(told.getMessage())), text(told.hint()))
                : told;
    }

    /** Likewise, but what nobody expected stays what it is, with its stack trace, unless it holds a secret. */
    public RuntimeException unexpected(RuntimeException failure) {
        return failure instanceof BackendException || holdsSecret(failure) ? failure(failure) : failure;
    }

    private boolean holdsSecret(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (holdsSecret(cause.toString())) {
                return true;
            }
        }
        return false;
    }

    private boolean holdsSecret(String text) {
        return secrets.stream().anyMatch(text::contains);
    }

    private static void addArguments(List<String> arguments, List<String> secrets) {
        boolean valueFollows = false;
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (valueFollows && !argument.startsWith("-")) {
                secrets.add(argument);
            } else if (equals > 0 && isSecret(argument.substring(0, equals), argument.substring(equals + 1))) {
                secrets.add(argument.substring(equals + 1));
            }
            // As in --header "Authorization: Bearer ...".
            int colon = argument.indexOf(": ");
            if (colon > 0
                    && NAME_OF_SECRET.matcher(argument.substring(0, colon)).matches()) {
                addHeader(argument.substring(colon + 2), secrets);
            }
            addAddress(argument, secrets);
            valueFollows = equals < 0
                    && argument.startsWith("-")
                    && NAME_OF_SECRET.matcher(argument).matches();
        }
    }

    private static void addWeb(URI url, Map<String, String> headers, List<String> secrets) {
        headers.values().forEach(value -> addHeader(value, secrets));
        addUserInfo(url.getRawUserInfo(), secrets);
        addQuery(url.getRawQuery(), secrets);
    }

    /** The value, and what stands behind a scheme in it: {@code Bearer token}, {@code Basic base64}. */
    private static void addHeader(String value, List<String> secrets) {
        secrets.add(value);
        String credentials = value.substring(value.indexOf(' ') + 1).strip();
        secrets.add(credentials);
        if (value.toLowerCase(Locale.ROOT).startsWith("basic ")) {
            try {
                addUserInfo(new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8), secrets);
            } catch (IllegalArgumentException e) {
                return; // no Base64, so nothing more is hidden in it
            }
        }
        if (value.indexOf('=') > 0 && value.indexOf(';') > 0) {
            Stream.of(value.split(";\\s*", -1)).forEach(part -> secrets.add(part.substring(part.indexOf('=') + 1)));
        }
    }

    private static void addAddress(String text, List<String> secrets) {
        if (text.contains("://")) {
            try {
                URI address = URI.create(text.substring(text.lastIndexOf('=', text.indexOf("://")) + 1));
                addUserInfo(address.getRawUserInfo(), secrets);
                addQuery(address.getRawQuery(), secrets);
            } catch (IllegalArgumentException e) {
                secrets.add(text); // an address that cannot be taken apart may hold anything
            }
        }
    }

    private static void addUserInfo(@Nullable String userInfo, List<String> secrets) {
        if (userInfo != null) {
            addBoth(userInfo, secrets);
            addBoth(userInfo.substring(userInfo.indexOf(':') + 1), secrets);
        }
    }

    private static void addQuery(@Nullable String query, List<String> secrets) {
        if (query != null) {
            secrets.add(query);
            for (String parameter : query.split("&", -1)) {
                addBoth(parameter.substring(parameter.indexOf('=') + 1), secrets);
            }
        }
    }

    /** As it stands in an address, and what it means. */
    private static void addBoth(String encoded, List<String> secrets) {
        secrets.add(encoded);
        try {
            secrets.add(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return; // it is not encoded
        }
    }

    private static boolean isSecret(String name, String value) {
        if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")) {
            return false;
        }
        boolean named = NAME_OF_SECRET.matcher(name).matches()
                && !NAME_OF_PLACE.matcher(name).matches();
        return named || (!PATH.matcher(value).matches() && looksRandom(value));
    }

    /** A long word of letters and digits mixed, as no name of a thing is. */
    private static boolean looksRandom(String value) {
        return value.length() >= 16
                && value.chars().noneMatch(Character::isWhitespace)
                && value.chars().anyMatch(Character::isDigit)
                && value.chars().anyMatch(Character::isLetter);
    }
}
