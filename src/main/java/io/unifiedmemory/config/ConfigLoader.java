package io.unifiedmemory.config;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.http.HttpOptions;
import io.unifiedmemory.http.ListenAddress;
import io.unifiedmemory.http.guard.ProtectedResources;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions.Synchronous;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.MemoryOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.SearchOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts file, environment and flags together, in this rising order, over the defaults. */
public final class ConfigLoader {

    private final Map<Setting, String> flags;
    private final Map<String, String> environment;
    private final String os;
    private final String home;
    private final Placeholders placeholders;
    private final FilePaths files;

    /**
     * @param flags from the command line
     * @param environment the environment variables
     * @param os the system property {@code os.name}
     * @param home the user's home folder
     */
    public ConfigLoader(Map<Setting, String> flags, Map<String, String> environment, String os, String home) {
        this.flags = flags;
        this.environment = environment;
        this.os = os;
        this.home = home;
        placeholders = new Placeholders(environment, home);
        files = new FilePaths(environment, home);
    }

    /** The options in force; throws {@link ConfigException} for anything unknown or wrong. */
    public Config load() {
        Raw named = raw(Setting.CONFIG, ConfigFile.NONE, null);
        Path path = named == null ? null : path(Setting.CONFIG, named);
        ConfigFile file = named == null || path == null ? ConfigFile.NONE : ConfigFile.read(path, named.origin);
        String origin = String.valueOf(path);
        String user = (String) value(Setting.DEFAULT_USER, file, origin);
        String defaultUser = user == null ? null : Names.canonical(user);
        Duration sqliteTimeout = Duration.ofMillis(integer(Setting.SQLITE_TIMEOUT_MS, file, origin));
        return new Config(
                path,
                text(Setting.LOG_LEVEL, file, origin),
                new SqliteOptions(
                        database(file, origin),
                        sqliteTimeout,
                        Synchronous.valueOf(
                                text(Setting.SQLITE_SYNCHRONOUS, file, origin).toUpperCase(Locale.ROOT))),
                new BackendOptions(
                        flag(Setting.SQLITE_ENABLED, file, origin),
                        integer(Setting.SQLITE_PRIORITY, file, origin),
                        sqliteTimeout,
                        integer(Setting.SQLITE_MAX_RETRIES, file, origin)),
                upstreams(file, defaultUser, origin),
                new MemoryOptions(
                        MemoryOptions.Read.valueOf(
                                text(Setting.READ, file, origin).toUpperCase(Locale.ROOT)),
                        MemoryOptions.Wait.valueOf(
                                text(Setting.WAIT, file, origin).toUpperCase(Locale.ROOT)),
                        Duration.ofDays(integer(Setting.TOMBSTONE_RETENTION_DAYS, file, origin))),
                new SearchOptions(Duration.ofMillis(integer(Setting.SEARCH_PATIENCE_MS, file, origin))),
                new ToolOptions(
                        new Limits(
                                maxNameChars(defaultUser, file, origin),
                                integer(Setting.MAX_VALUE_BYTES, file, origin),
                                integer(Setting.MAX_METADATA_BYTES, file, origin),
                                integer(Setting.MAX_LIMIT, file, origin),
                                integer(Setting.MAX_REPLY_CHARS, file, origin)),
                        defaultUser,
                        flag(Setting.COMPATIBILITY_TOOLS, file, origin),
                        false),
                () -> http(file, origin),
                () -> access(file, origin));
    }

    private int maxNameChars(@Nullable String defaultUser, ConfigFile file, String origin) {
        int most = integer(Setting.MAX_NAME_CHARS, file, origin);
        if (defaultUser != null && defaultUser.codePointCount(0, defaultUser.length()) > most) {
            throw new ConfigException(Setting.DEFAULT_USER.path() + " " + defaultUser + " is longer than "
                    + Setting.MAX_NAME_CHARS.path() + " allows: " + most + " characters");
        }
        return most;
    }

    private AccessOptions access(ConfigFile file, String origin) {
        Raw tokenFile = raw(Setting.AUTH_TOKEN_FILE, file, origin);
        String resource = (String) value(Setting.AUTH_RESOURCE, file, origin);
        return new AccessOptions(
                tokenFile == null
                        ? database(file, origin).resolveSibling("tokens.json")
                        : path(Setting.AUTH_TOKEN_FILE, tokenFile),
                // Whoever names a file wants tokens, also when it is not there yet, or not where it was thought to be.
                flag(Setting.AUTH_REQUIRED, file, origin) || tokenFile != null,
                resource == null ? null : URI.create(resource),
                jwt(resource, file, origin),
                integer(Setting.CALLS_PER_SECOND, file, origin),
                integer(Setting.CONCURRENT_CALLS, file, origin),
                integer(Setting.OPEN_STREAMS, file, origin));
    }

    private AccessOptions.@Nullable Jwt jwt(@Nullable String resource, ConfigFile file, String origin) {
        String issuer = (String) value(Setting.AUTH_ISSUER, file, origin);
        if (issuer == null) {
            return null;
        }
        String named = (String) value(Setting.AUTH_AUDIENCE, file, origin);
        return new AccessOptions.Jwt(
                issuer,
                named == null ? advertised(needed(resource, Setting.AUTH_AUDIENCE)) : Set.of(named),
                URI.create(needed((String) value(Setting.AUTH_JWKS_URI, file, origin), Setting.AUTH_JWKS_URI)),
                Set.copyOf(List.of(text(Setting.AUTH_ALGORITHMS, file, origin).split(" *, *"))),
                text(Setting.AUTH_USER_CLAIM, file, origin),
                integer(Setting.MAX_NAME_CHARS, file, origin),
                text(Setting.AUTH_READ_SCOPE, file, origin),
                text(Setting.AUTH_WRITE_SCOPE, file, origin),
                (String) value(Setting.AUTH_ALL_USERS_SCOPE, file, origin));
    }

    private static Set<String> advertised(String resource) {
        return Set.copyOf(ProtectedResources.byPath(URI.create(resource)).values());
    }

    private static String needed(@Nullable String value, Setting setting) {
        if (value == null) {
            throw new ConfigException(setting.path() + " is needed with " + Setting.AUTH_ISSUER.path() + ": "
                    + setting.help() + " (" + setting.variable() + " or " + setting.flag() + ")");
        }
        return value;
    }

    private HttpOptions http(ConfigFile file, String origin) {
        String address = text(Setting.HTTP_ADDRESS, file, origin);
        try {
            return new HttpOptions(
                    ListenAddress.parse(address),
                    flag(Setting.HTTP_SSE, file, origin),
                    integer(Setting.HTTP_MAX_REQUEST_BYTES, file, origin),
                    Duration.ofSeconds(integer(Setting.HTTP_SESSION_IDLE_SECONDS, file, origin)),
                    list(Setting.HTTP_ALLOWED_HOSTS, file, origin),
                    list(Setting.HTTP_ALLOWED_ORIGINS, file, origin),
                    flag(Setting.HTTP_TRUST_FORWARDED, file, origin),
                    flag(Setting.HTTP_ALLOW_UNAUTHENTICATED, file, origin),
                    tls(file, origin));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(Setting.HTTP_ADDRESS.path() + ": " + e.getMessage());
        }
    }

    private HttpOptions.@Nullable Tls tls(ConfigFile file, String origin) {
        Raw keystore = raw(Setting.HTTP_KEYSTORE, file, origin);
        String password = (String) value(Setting.HTTP_KEYSTORE_PASSWORD, file, origin);
        if (keystore == null && password != null) {
            throw new ConfigException(Setting.HTTP_KEYSTORE_PASSWORD.path() + " is of no use without "
                    + Setting.HTTP_KEYSTORE.path() + ": name the keystore, or leave both out for plain HTTP");
        }
        return keystore == null
                ? null
                : new HttpOptions.Tls(path(Setting.HTTP_KEYSTORE, keystore), password == null ? "" : password);
    }

    /** Texts with commas between them, in small letters as hosts and origins are compared. */
    private Set<String> list(Setting setting, ConfigFile file, String origin) {
        String text = (String) value(setting, file, origin);
        return text == null
                ? Set.of()
                : Arrays.stream(text.toLowerCase(Locale.ROOT).split(","))
                        .map(String::strip)
                        .filter(item -> !item.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
    }

    private List<Config.Upstream> upstreams(ConfigFile file, @Nullable String defaultUser, String origin) {
        UpstreamReader reader = new UpstreamReader(placeholders, defaultUser, origin);
        List<Config.Upstream> upstreams = new ArrayList<>();
        file.upstreams().forEach((name, entry) -> upstreams.add(reader.read(name, entry, false)));
        file.pasted().forEach((name, entry) -> upstreams.add(reader.read(name, entry, true)));
        return List.copyOf(upstreams);
    }

    private Path database(ConfigFile file, String origin) {
        Raw raw = raw(Setting.DATABASE, file, origin);
        return raw != null
                ? path(Setting.DATABASE, raw)
                : DataFolder.of(os, home, environment).resolve("memory.db");
    }

    private Path path(Setting setting, Raw raw) {
        String text = (String) setting.type().parse(setting.path(), raw.value, raw.origin);
        return files.of(text, setting.path(), raw.origin);
    }

    private int integer(Setting setting, ConfigFile file, String origin) {
        return (Integer) required(setting, file, origin);
    }

    private boolean flag(Setting setting, ConfigFile file, String origin) {
        return (Boolean) required(setting, file, origin);
    }

    private String text(Setting setting, ConfigFile file, String origin) {
        return (String) required(setting, file, origin);
    }

    private Object required(Setting setting, ConfigFile file, String origin) {
        return Objects.requireNonNull(value(setting, file, origin));
    }

    private @Nullable Object value(Setting setting, ConfigFile file, String origin) {
        Raw raw = raw(setting, file, origin);
        return raw == null ? setting.absent() : setting.type().parse(setting.path(), raw.value, raw.origin);
    }

    private record Raw(Object value, String origin) {}

    private @Nullable Raw raw(Setting setting, ConfigFile file, @Nullable String origin) {
        String flag = flags.get(setting);
        if (flag != null && !Placeholders.isUnset(flag)) {
            return new Raw(readable(setting, flag, setting.flag()), setting.flag());
        }
        String variable = environment.get(setting.variable());
        if (variable != null && !Placeholders.isUnset(variable)) {
            return new Raw(readable(setting, variable, setting.variable()), setting.variable());
        }
        Object value = file.settings().get(setting);
        if (value == null || origin == null || (value instanceof String text && Placeholders.isUnset(text))) {
            return null;
        }
        return new Raw(value, origin);
    }

    /** Without the blanks and line breaks around it that no option means, but that files of variables leave behind. */
    private static String readable(Setting setting, String text, String origin) {
        if (Invocation.isLossy(text)) {
            throw new ConfigException(setting.path() + ": " + LocaleEncoding.remedy() + " (from " + origin + ")");
        }
        return setting.type() == Type.SECRET ? Placeholders.withoutLineEnds(text) : text.strip();
    }
}
