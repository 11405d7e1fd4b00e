package io.unifiedmemory.config;

import io.unifiedmemory.meaning.MeaningOptions;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.unified.MemoryOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.SearchOptions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every option that is a single value, with its names in the file, the environment and the command line. The three are
 * the same words: {@code sqlite.timeoutMs}, {@code UNIFIED_MEMORY_SQLITE_TIMEOUT_MS}, {@code --sqlite-timeout-ms}.
 */
// Types and defaults are immutable values, which the checker cannot see.
@SuppressWarnings("ImmutableEnumChecker")
public enum Setting {
    CONFIG("config", Type.PATH, null, "configuration file, in JSON"),
    DATABASE(
            "database",
            "db",
            Type.DATABASE,
            null,
            "memory.db in the user's data folder",
            "database file, or the address of a PostgreSQL database"),
    DEFAULT_USER("defaultUser", Type.TEXT, null, "user id of calls that name none"),
    LOG_LEVEL("logLevel", Type.choice("error", "warn", "info", "debug"), "warn", "how much is logged on stderr"),
    COMPATIBILITY_TOOLS(
            "compatibilityTools", Type.FLAG, false, "also offer the tools remember_user_info and search_user_memory"),
    CONFIRM_DELETE_ALL(
            "confirmDeleteAll",
            Type.FLAG,
            true,
            "before everything about a user is deleted, ask the person, if the client can do that"),
    APPS("apps", Type.FLAG, true, "clients that show MCP Apps show what search and get_all find on a page"),
    READ(
            "read",
            Type.choice("priority", "freshest"),
            "priority",
            "priority: retrieve asks backend after backend; freshest: it asks all at once, the newest copy counts"),
    WAIT(
            "wait",
            Type.choice("all", "local"),
            "all",
            "all: a write waits for every backend; local: it waits for the local database only"),
    TOMBSTONE_RETENTION_DAYS(
            "tombstoneRetentionDays",
            Type.integer(1, 36_500),
            (int) MemoryOptions.DEFAULT.tombstoneRetention().toDays(),
            "how many days a confirmed delete is remembered, at least"),
    HISTORY_DAYS(
            "history.days",
            Type.integer(0, 36_500),
            (int) HistoryOptions.DEFAULT.retention().toDays(),
            "how many days earlier texts and deleted memories can be brought back; 0: not at all"),
    HISTORY_MAX_REVISIONS(
            "history.maxRevisions",
            Type.integer(1, 10_000),
            HistoryOptions.DEFAULT.maxRevisions(),
            "how many earlier texts of one key are kept at most"),
    HISTORY_MAX_MEGABYTES(
            "history.maxMegabytes",
            Type.integer(1, 100_000),
            (int) (HistoryOptions.DEFAULT.maxBytes() >> 20),
            "how many megabytes of earlier texts are kept for one user; the oldest go first"),
    SQLITE_ENABLED("sqlite.enabled", Type.FLAG, true, "keep memories in the local database"),
    SQLITE_PRIORITY(
            "sqlite.priority",
            Type.integer(0, 1000),
            BackendOptions.LOCAL.priority(),
            "rank of the local database; reads ask the smallest number first"),
    SQLITE_TIMEOUT_MS(
            "sqlite.timeoutMs",
            Type.integer(1, 600_000),
            (int) BackendOptions.LOCAL.timeout().toMillis(),
            "how long one call may take, in milliseconds, retries included"),
    SQLITE_MAX_RETRIES(
            "sqlite.maxRetries",
            Type.integer(0, 100),
            BackendOptions.LOCAL.maxRetries(),
            "how many times a call that may succeed later is retried"),
    SQLITE_SYNCHRONOUS(
            "sqlite.synchronous",
            Type.choice("normal", "full"),
            "normal",
            "full: a write also survives a power failure, and is slower"),
    POSTGRES_CONNECTIONS(
            "postgres.connections",
            Type.integer(2, 200),
            16,
            "PostgreSQL: how many connections this process opens at most"),
    POSTGRES_TIMEOUT_MS(
            "postgres.timeoutMs",
            Type.integer(1, 600_000),
            (int) BackendOptions.LOCAL.timeout().toMillis(),
            "PostgreSQL: how long one call may take, in milliseconds, retries included"),
    POSTGRES_PASSWORD_FILE(
            "postgres.passwordFile",
            Type.PATH,
            null,
            "PGPASSWORD, or a password file of PostgreSQL",
            "PostgreSQL: file that holds the password and nothing else"),
    POSTGRES_ALLOW_WEAK(
            "postgres.allowWeak",
            Type.FLAG,
            false,
            "PostgreSQL: also use a database that confirms writes before they are on disk"),
    SEARCH_PATIENCE_MS(
            "search.patienceMs",
            Type.integer(0, 600_000),
            (int) SearchOptions.DEFAULT.patience().toMillis(),
            "how long a search waits for upstreams after the local answer, in milliseconds"),
    SEARCH_SIMILAR_MS(
            "search.similarMs",
            Type.integer(0, 10_000),
            (int) SearchOptions.DEFAULT.similar().toMillis(),
            "how long a store may look for nearly the same text under other keys, in milliseconds; 0: not at all"),
    SEARCH_TIME_ZONE(
            "search.timeZone",
            Type.TEXT,
            null,
            "the system's",
            "whose days \"yesterday\" in a query means, such as Europe/Berlin"),
    SEARCH_MEANING(
            "search.meaning",
            Type.FLAG,
            true,
            "also search by meaning, where a model is installed (command model) or search.embeddingsUrl names a server"),
    SEARCH_MODEL_FOLDER(
            "search.modelFolder",
            Type.PATH,
            null,
            "model in the user's data folder",
            "folder in which model install keeps the model"),
    SEARCH_EMBEDDINGS_URL(
            "search.embeddingsUrl",
            Type.URL,
            null,
            "none: a model that is installed here",
            "server that is asked for the meaning of texts, which leave this machine, as OpenAI's is, such as"
                    + " http://localhost:11434/v1"),
    SEARCH_EMBEDDINGS_MODEL(
            "search.embeddingsModel", Type.TEXT, null, "none; needed with such a server", "name of the model there"),
    SEARCH_EMBEDDINGS_KEY(
            "search.embeddingsKey", Type.SECRET, null, "key for that server, which gets it as a bearer token"),
    SEARCH_MEANING_PATIENCE_MS(
            "search.meaningPatienceMs",
            Type.integer(1, 60_000),
            (int) MeaningOptions.DEFAULT_PATIENCE.toMillis(),
            "how long a search waits for the meaning of its query, in milliseconds; without it words alone decide"),
    MAX_NAME_CHARS(
            "limits.maxNameChars",
            Type.integer(1, Limits.DEFAULT.maxNameChars()),
            Limits.DEFAULT.maxNameChars(),
            "longest user_id and key, in characters"),
    MAX_VALUE_BYTES(
            "limits.maxValueBytes",
            Type.integer(1, Limits.DEFAULT.maxValueBytes()),
            Limits.DEFAULT.maxValueBytes(),
            "largest value, in UTF-8 bytes"),
    MAX_METADATA_BYTES(
            "limits.maxMetadataBytes",
            Type.integer(2, Limits.DEFAULT.maxMetadataBytes()),
            Limits.DEFAULT.maxMetadataBytes(),
            "largest metadata, in bytes of JSON"),
    MAX_LIMIT(
            "limits.maxLimit",
            Type.integer(1, 10_000),
            Limits.DEFAULT.maxLimit(),
            "largest limit that a search or a listing accepts"),
    MAX_REPLY_CHARS(
            "limits.maxReplyChars",
            Type.integer(1_000, 10_000_000),
            Limits.DEFAULT.maxReplyChars(),
            "largest reply, in characters; next_cursor or next_offset gives the rest"),
    HTTP_ADDRESS("http.address", Type.TEXT, "127.0.0.1:7411", "where serve --http listens when it names no address"),
    HTTP_SSE(
            "http.sse",
            Type.FLAG,
            true,
            "also offer the older transport at /sse (deprecated; off by default from the next major version)"),
    HTTP_BROWSER(
            "http.browser", Type.FLAG, true, "also offer the memory browser at /, a web page that asks for a token"),
    HTTP_MAX_REQUEST_BYTES(
            "http.maxRequestBytes",
            Type.integer(1_024, 64 * 1024 * 1024),
            8 * 1024 * 1024,
            "largest request, in bytes"),
    HTTP_SESSION_IDLE_SECONDS(
            "http.sessionIdleSeconds",
            Type.integer(1, 2_592_000),
            1_800,
            "how many seconds a session may stay unused before it ends"),
    HTTP_ALLOWED_HOSTS(
            "http.allowedHosts",
            Type.TEXT,
            null,
            "loopback names and the address itself",
            "further host names under which clients reach this server, separated by commas"),
    HTTP_ALLOWED_ORIGINS(
            "http.allowedOrigins",
            Type.TEXT,
            null,
            "loopback origins while only loopback is served, else none",
            "further web origins whose pages may call, separated by commas"),
    HTTP_TRUST_FORWARDED(
            "http.trustForwarded",
            Type.FLAG,
            false,
            "believe the Forwarded headers of a proxy in front of this server"),
    HTTP_ALLOW_UNAUTHENTICATED(
            "http.allowUnauthenticated",
            Type.FLAG,
            false,
            "allow anybody who can reach the address to read and change every memory, without a token"),
    HTTP_KEYSTORE(
            "http.keystore",
            Type.PATH,
            null,
            "none: plain HTTP",
            "file with certificate and key for HTTPS, PKCS #12 or JKS; a renewed one is loaded without a restart"),
    HTTP_KEYSTORE_PASSWORD("http.keystorePassword", Type.SECRET, null, "password of the keystore and its key"),
    CALLS_PER_SECOND(
            "limits.callsPerSecond",
            Type.integer(0, 1_000_000),
            200,
            "over HTTP: requests per second of one token, with bursts of twice as many; 0: no limit"),
    CONCURRENT_CALLS(
            "limits.concurrentCalls",
            Type.integer(0, 100_000),
            64,
            "over HTTP: requests of one token that run at once; 0: no limit"),
    OPEN_STREAMS(
            "limits.openStreams",
            Type.integer(0, 100_000),
            500,
            "over HTTP: event streams that one token may hold open; 0: no limit"),
    AUTH_TOKEN_FILE(
            "auth.tokenFile",
            Type.PATH,
            null,
            "tokens.json beside the database file; in the database where that is PostgreSQL",
            "over HTTP: file of bearer tokens (command token); with this file or an issuer every client needs a token"),
    AUTH_REQUIRED(
            "auth.required",
            Type.FLAG,
            false,
            "over HTTP: every client needs a token, even without token file and issuer"),
    AUTH_RESOURCE(
            "auth.resource",
            Type.URL,
            null,
            "the address of each request",
            "address of the MCP endpoint as clients see it, such as https://memory.example.org/mcp"),
    AUTH_ISSUER(
            "auth.issuer",
            Type.URL,
            null,
            "none: no access tokens",
            "authorization server whose access tokens (JWT) are accepted"),
    AUTH_AUDIENCE("auth.audience", Type.TEXT, null, "auth.resource", "audience that access tokens must be issued for"),
    AUTH_JWKS_URI(
            "auth.jwksUri",
            Type.KEYS_URL,
            null,
            "none; needed with an issuer",
            "address of the issuer's public keys (JWK set)"),
    AUTH_ALGORITHMS("auth.algorithms", Type.ALGORITHMS, "RS256,ES256", "signature algorithms that are accepted"),
    AUTH_USER_CLAIM("auth.userClaim", Type.TEXT, "sub", "claim with the user id, or with an array of user ids"),
    AUTH_READ_SCOPE("auth.readScope", Type.TEXT, "memory:read", "OAuth scope that grants read access"),
    AUTH_WRITE_SCOPE("auth.writeScope", Type.TEXT, "memory:write", "OAuth scope that grants read and write access"),
    AUTH_ALL_USERS_SCOPE(
            "auth.allUsersScope",
            Type.TEXT,
            null,
            "none: no access token does",
            "OAuth scope that grants access to every user");

    private static final String LIMITS = "limits.";

    private final String path;
    private final String shortName;
    private final Type type;
    private final @Nullable Object absent;
    private final String unset;
    private final String help;

    Setting(String path, Type type, @Nullable Object absent, String help) {
        this(path, type, absent, absent == null ? "none" : absent.toString(), help);
    }

    Setting(String path, Type type, @Nullable Object absent, String unset, String help) {
        this(path, dashed(path), type, absent, unset, help);
    }

    Setting(String path, String shortName, Type type, @Nullable Object absent, String unset, String help) {
        this.path = path;
        this.shortName = shortName;
        this.type = type;
        this.absent = absent;
        this.unset = unset;
        this.help = help;
    }

    /** The name in the file; a dot leads into an object. */
    public String path() {
        return path;
    }

    /** The name on the command line. */
    public String flag() {
        return "--" + shortName;
    }

    /** The name in the environment. */
    public String variable() {
        return "UNIFIED_MEMORY_" + shortName.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** What it does, in a few words. */
    public String help() {
        return help;
    }

    /** What it accepts, for people. */
    public String accepts() {
        return type.accepts();
    }

    /** What holds when nobody says otherwise; null when that is nothing or depends on the machine. */
    public @Nullable Object absent() {
        return absent;
    }

    /** What holds when nobody says otherwise, for people: the value, or in words what it depends on. */
    public String unset() {
        return unset;
    }

    /** Whether a text is one that it accepts; what Java could not read is none. */
    public boolean takes(String text) {
        return !Placeholders.isUnset(text) && !text.equals("?") && !Invocation.isLossy(text) && type.accepts(text);
    }

    /** Whether its value is a path; that of {@link #DATABASE} may also be an address. */
    public boolean isPath() {
        return type == Type.PATH || type == Type.DATABASE;
    }

    /** Whether the flag may stand alone, meaning true. */
    boolean isSwitch() {
        return type == Type.FLAG;
    }

    Type type() {
        return type;
    }

    static Optional<Setting> byFlag(String flag) {
        return Arrays.stream(values())
                .filter(setting -> setting.flag().equals(flag))
                .findFirst();
    }

    static Optional<Setting> byPath(String path) {
        return Arrays.stream(values())
                .filter(setting -> setting != CONFIG && setting.path.equals(path))
                .findFirst();
    }

    private static String dashed(String path) {
        StringBuilder dashed = new StringBuilder();
        // Without regular expressions, which would be loaded at every start for this alone.
        for (char c :
                path.substring(path.startsWith(LIMITS) ? LIMITS.length() : 0).toCharArray()) {
            dashed.append(c == '.' || Character.isUpperCase(c) ? "-" : "");
            dashed.append(c == '.' ? "" : Character.toLowerCase(c));
        }
        return dashed.toString();
    }
}
