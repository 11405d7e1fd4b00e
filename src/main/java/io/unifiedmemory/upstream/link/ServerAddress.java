package io.unifiedmemory.upstream.link;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and how it is reached, as a client's server entry says it. Immutable. Every constructor throws
 * {@link IllegalArgumentException} with a message for a person when a value cannot work. The texts of these records show
 * no values of environment variables and headers, and no query of a URL.
 */
public sealed interface ServerAddress {

    /**
     * As a child process, over its standard input and output.
     *
     * @param command a program on the PATH, or a path to one
     * @param args its arguments
     * @param env added to the environment of this program
     */
    record Stdio(String command, List<String> args, Map<String, String> env) implements ServerAddress {
        public Stdio {
            require(!command.isBlank(), "command must not be empty");
            args = List.copyOf(args);
            env = Map.copyOf(env);
            require(
                    command.indexOf(0) < 0 && args.stream().allMatch(arg -> arg.indexOf(0) < 0),
                    "command and args must not contain the character NUL");
            env.forEach((name, value) -> require(
                    !name.isEmpty() && name.indexOf('=') < 0 && name.indexOf(0) < 0 && value.indexOf(0) < 0,
                    "env." + name + " cannot be set: a name has no =, and neither name nor value the character NUL"));
        }

        /** Command and arguments, without those that look like secrets. */
        @Override
        public String toString() {
            return args.isEmpty() ? command : command + " " + String.join(" ", masked(args));
        }
    }

    /**
     * Over Streamable HTTP.
     *
     * @param url where to post, used exactly as it is
     * @param headers sent with every request
     */
    record Http(URI url, Map<String, String> headers) implements ServerAddress {
        public Http {
            requireWeb(url);
            headers = Map.copyOf(headers);
            requireHeaders(headers);
        }

        /** The URL without its query. */
        @Override
        public String toString() {
            return withoutSecrets(url);
        }
    }

    /**
     * Over HTTP with server-sent events, the transport before 2025-03-26.
     *
     * @param url where to listen, used exactly as it is
     * @param headers sent with every request
     */
    record Sse(URI url, Map<String, String> headers) implements ServerAddress {
        public Sse {
            requireWeb(url);
            headers = Map.copyOf(headers);
            requireHeaders(headers);
        }

        /** The URL without its query. */
        @Override
        public String toString() {
            return withoutSecrets(url);
        }
    }

    /** The arguments of a program without those that look like secrets, for people. */
    static List<String> masked(List<String> arguments) {
        return Redaction.masked(arguments);
    }

    /** Why a header cannot be sent, in words that follow its name and do not show its value; null when it can. */
    static @Nullable String headerFault(String name, String value) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            return "is no name of a header";
        }
        if (Set.of("connection", "content-length", "expect", "host", "upgrade")
                .contains(name.toLowerCase(Locale.ROOT))) {
            return "is a header that only the connection itself may set";
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
                return "has a character that no header can have, at index " + i + " of " + value.length();
            }
        }
        return null;
    }

    private static String withoutSecrets(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + url.getRawPath();
    }

    private static void requireWeb(URI url) {
        boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        require(web && url.getHost() != null, "url must be an absolute http or https address");
    }

    private static void requireHeaders(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            String fault = headerFault(name, value);
            require(fault == null, "headers." + name + " " + fault);
        });
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
