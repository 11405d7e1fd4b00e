package io.unifiedmemory.config;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The address of a PostgreSQL database, taken apart: {@code postgresql://[user[:password]@]host[:port][,host2[:port]]/database}
 * with parameters of the driver behind a question mark. Immutable.
 *
 * <p>No message of an {@link IllegalArgumentException} shows anything of the address but the name of a parameter: a
 * password with a character that has to be encoded turns up in any other part.
 *
 * @param user null when the address names none
 * @param password null when the address has none
 * @param hosts each with its port, if it has one
 * @param parameters by the driver's own names
 */
record PostgresUrl(
        @Nullable String user,
        @Nullable String password,
        List<String> hosts,
        String database,
        Map<String, String> parameters) {

    private static final Pattern SHAPE = Pattern.compile("(?s)postgres(?:ql)?://([^/?]*)(?:/([^?]*))?(?:\\?(.*))?");

    /** A name or an address of IPv4, or one of IPv6 in brackets; then perhaps a port. */
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");

    private static final int LAST_PORT = 65_535;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_]{1,40}");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private static final Pattern TRUTH = Pattern.compile("true|false");

    private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]+");

    private static final String SSL_MODE = "sslmode";
    private static final String ROOT_CERTIFICATE = "sslrootcert";
    private static final String SERVER_TYPE = "targetServerType";

    /** What of the driver may be set, and to what. The rest is ours to decide, or would let secrets into an address. */
    private static final Map<String, Pattern> ALLOWED = new TreeMap<>(Map.ofEntries(
            Map.entry(SSL_MODE, Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full")),
            Map.entry(ROOT_CERTIFICATE, TEXT),
            Map.entry("sslcert", TEXT),
            Map.entry("sslkey", TEXT),
            Map.entry("sslNegotiation", Pattern.compile("postgres|direct")),
            Map.entry("channelBinding", Pattern.compile("disable|prefer|require")),
            // The store of record writes: a standby is of no use to it.
            Map.entry(SERVER_TYPE, Pattern.compile("any|primary")),
            Map.entry("loadBalanceHosts", TRUTH),
            Map.entry("hostRecheckSeconds", NUMBER),
            Map.entry("connectTimeout", NUMBER),
            Map.entry("socketTimeout", NUMBER),
            Map.entry("loginTimeout", NUMBER),
            Map.entry("cancelSignalTimeout", NUMBER),
            Map.entry("tcpKeepAlive", TRUTH),
            Map.entry("ApplicationName", TEXT),
            Map.entry("prepareThreshold", NUMBER)));

    PostgresUrl {
        hosts = List.copyOf(hosts);
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads an address as somebody wrote it.
     *
     * @throws IllegalArgumentException when it is none; the message follows the name of the option
     */
    static PostgresUrl parse(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (text.startsWith("jdbc:")) {
            throw new IllegalArgumentException("must begin with postgresql://, without jdbc: in front");
        }
        if (text.indexOf('#') >= 0) {
            throw new IllegalArgumentException("must not contain #; in a user or password it is written %23");
        }
        if (!shape.matches()) {
            throw new IllegalArgumentException("must be like postgresql://user@host:5432/database");
        }
        String authority = shape.group(1);
        int at = authority.lastIndexOf('@');
        String account = at < 0 ? "" : authority.substring(0, at);
        int colon = account.indexOf(':');
        String user = decoded(colon < 0 ? account : account.substring(0, colon), "the user");
        String password = decoded(colon < 0 ? "" : account.substring(colon + 1), "the password");
        return new PostgresUrl(
                user.isEmpty() ? null : user,
                password.isEmpty() ? null : password,
                hosts(authority.substring(at + 1)),
                database(shape.group(2)),
                parameters(shape.group(3)));
    }

    private static List<String> hosts(String text) {
        List<String> hosts = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            Matcher host = HOST.matcher(one);
            if (!host.matches() || (host.group(2) != null && !isPort(Integer.parseInt(host.group(2))))) {
                throw new IllegalArgumentException(
                        "must name a host behind // or @: a name or an address, and perhaps a"
                                + " port from 1 to " + LAST_PORT
                                + ", several with commas between them; in a user or password"
                                + " the characters : / ? # @ % are written %3A %2F %3F %23 %40 %25");
            }
            hosts.add(one);
        }
        return hosts;
    }

    private static boolean isPort(int number) {
        return number >= 1 && number <= LAST_PORT;
    }

    private static String database(@Nullable String text) {
        String name = decoded(text == null ? "" : text, "the name of the database");
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "must name one database behind the host, as in postgresql://user@host/database");
        }
        return name;
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String written = equals < 0 ? "" : pair.substring(0, equals);
            if (!NAME.matcher(written).matches()) {
                throw new IllegalArgumentException(
                        "must have parameters of the form name=value behind the ?, with &" + " between them");
            }
            String name = known(written);
            String value = decoded(pair.substring(equals + 1), "the parameter " + name);
            Pattern accepted = ALLOWED.get(name);
            if (accepted == null || !accepted.matcher(value).matches()) {
                throw new IllegalArgumentException("has a parameter " + name + " that must be " + accepts(accepted));
            }
            if (parameters.put(name, value) != null) {
                throw new IllegalArgumentException("has the parameter " + name + " twice");
            }
        }
        return parameters;
    }

    /** The driver's name of a parameter, which libpq may write in another way: {@code connect_timeout}. */
    private static String known(String written) {
        String plain = plain(written);
        if (plain.equals("user") || plain.equals("password")) {
            throw new IllegalArgumentException("must have the user in front of the host, as in"
                    + " postgresql://user@host/database, and the password in PGPASSWORD, "
                    + Setting.POSTGRES_PASSWORD_FILE.path() + " or a password file of PostgreSQL");
        }
        return ALLOWED.keySet().stream()
                .filter(name -> plain(name).equals(plain))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("has an unknown parameter " + written
                        + "; accepted are " + String.join(", ", ALLOWED.keySet())));
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String accepts(@Nullable Pattern accepted) {
        if (accepted == NUMBER) {
            return "a whole number";
        }
        return accepted == null || accepted == TEXT
                ? "a text"
                : "one of " + accepted.pattern().replace("|", ", ");
    }

    /** With what is missing put in: an encrypted connection to a known server, the primary among several hosts. */
    PostgresUrl withDefaults(Map<String, String> environment) {
        Map<String, String> all = new TreeMap<>(parameters);
        if (!isLoopback()) {
            all.putIfAbsent(SSL_MODE, "verify-full");
        }
        String certificate = environment.get("PGSSLROOTCERT");
        if (certificate != null && !certificate.isBlank()) {
            all.putIfAbsent(ROOT_CERTIFICATE, certificate);
        }
        if (hosts.size() > 1) {
            all.putIfAbsent(SERVER_TYPE, "primary");
            // The driver's own 10 seconds each would prolong every failover.
            all.putIfAbsent("hostRecheckSeconds", "1");
            all.putIfAbsent("connectTimeout", "2");
        }
        return new PostgresUrl(user, password, hosts, database, all);
    }

    private boolean isLoopback() {
        return hosts.stream()
                .map(host -> host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT))
                .allMatch(host ->
                        host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}"));
    }

    /** As the driver takes it: without user and password. */
    String jdbc() {
        Map<String, String> taken = new TreeMap<>(parameters);
        // As libpq says it: the authorities that the system trusts, which here are those of Java.
        if ("system".equals(taken.get(ROOT_CERTIFICATE))) {
            taken.remove(ROOT_CERTIFICATE);
            taken.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return "jdbc:postgresql://" + tail(taken);
    }

    /** Without the password. */
    String shown() {
        return "postgresql://" + (user == null ? "" : encoded(user) + "@") + tail(parameters);
    }

    private String tail(Map<String, String> shown) {
        String query = new TreeMap<>(shown)
                .entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                        .collect(Collectors.joining("&"));
        return String.join(",", hosts) + "/" + encoded(database) + (query.isEmpty() ? "" : "?" + query);
    }

    @Override
    public String toString() {
        return shown();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A plus sign stands for itself, as libpq has it. */
    private static String decoded(String text, String what) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * text.length());
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            int width = Character.charCount(character);
            if (character == '%') {
                width = 3;
                if (i + width > text.length()
                        || !text.substring(i + 1, i + width).matches("[0-9A-Fa-f]{2}")) {
                    throw new IllegalArgumentException("has a % in " + what
                            + " that no two hexadecimal digits follow; the sign itself is written %25");
                }
                bytes.put((byte) Integer.parseInt(text.substring(i + 1, i + width), 16));
            } else {
                bytes.put(Character.toString(character).getBytes(StandardCharsets.UTF_8));
            }
            i += width;
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(bytes.flip())
                    .toString();
            if (decoded.chars().noneMatch(Character::isISOControl)) {
                return decoded;
            }
        } catch (CharacterCodingException e) {
            // Refused below, as what it is: no text.
        }
        throw new IllegalArgumentException("has control characters, or bytes that are no UTF-8 text, in " + what);
    }
}
