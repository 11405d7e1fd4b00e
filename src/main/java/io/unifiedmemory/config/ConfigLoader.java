package io.unifiedmemory.config;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.http.HttpOptions;
import io.unifiedmemory.http.ListenAddress;
import io.unifiedmemory.http.guard.ProtectedResources;
import io.unifiedmemory.meaning.MeaningOptions;
import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.memory.Limits;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.store.sqlite.db.SqliteOptions;
import io.unifiedmemory.store.sqlite.db.SqliteOptions.Synchronous;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.MemoryOptions;
import io.unifiedmemory.unified.calls.BackendOptions;
import io.unifiedmemory.unified.reads.SearchOptions;
import io.unifiedmemory.upstream.declared.ContractOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts file, environment and flags together, in this rising order, over the defaults. */
public final class ConfigLoader {

    private static final String MODEL_FOLDER = "model";

    /** Of the model's folder among things that are not of this program. */
    private static final String LONG_MODEL_FOLDER = "unified-memory-model";

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
        Sources given = new Sources(flags, environment, files);
        Path path = given.path(Setting.CONFIG);
        ConfigFile file = path == null ? ConfigFile.NONE : ConfigFile.read(path, given.origin(Setting.CONFIG));
        Sources sources = path == null ? given : given.with(file, path);
        String user = sources.optionalText(Setting.DEFAULT_USER);
        String defaultUser = user == null ? null : Names.canonical(user);
        DatabaseLocation database = database(sources);
        Map<String, ContractOptions> contracts = new ContractReader(files).read(file.contracts(), String.valueOf(path));
        return new Config(
                path,
                sources.text(Setting.LOG_LEVEL),
                database,
                policy(database, sources),
                upstreams(file, contracts, defaultUser, database.backend(), String.valueOf(path)),
                contracts,
                new MemoryOptions(
                        sources.choice(Setting.READ, MemoryOptions.Read.class),
                        sources.choice(Setting.WAIT, MemoryOptions.Wait.class),
                        Duration.ofDays(sources.integer(Setting.TOMBSTONE_RETENTION_DAYS))),
                new SearchOptions(
                        Duration.ofMillis(sources.integer(Setting.SEARCH_PATIENCE_MS)),
                        Duration.ofMillis(sources.integer(Setting.SEARCH_SIMILAR_MS))),
                meaning(sources, database),
                new ToolOptions(
                        limits(sources, defaultUser),
                        defaultUser,
                        sources.flag(Setting.COMPATIBILITY_TOOLS),
                        false,
                        sources.flag(Setting.CONFIRM_DELETE_ALL),
                        sources.flag(Setting.APPS),
                        zone(sources)),
                () -> http(sources),
                () -> access(sources, database));
    }

    private MeaningOptions meaning(Sources sources, DatabaseLocation database) {
        Path folder = sources.path(Setting.SEARCH_MODEL_FOLDER);
        String url = sources.optionalText(Setting.SEARCH_EMBEDDINGS_URL);
        String model = sources.optionalText(Setting.SEARCH_EMBEDDINGS_MODEL);
        if (url != null && model == null) {
            throw new ConfigException(Setting.SEARCH_EMBEDDINGS_MODEL.path() + " is needed with "
                    + Setting.SEARCH_EMBEDDINGS_URL.path() + ": name the model that the server runs");
        }
        return new MeaningOptions(
                sources.flag(Setting.SEARCH_MEANING),
                folder == null ? modelFolder(database) : folder,
                url == null || model == null
                        ? null
                        : new MeaningOptions.Server(
                                URI.create(url), model, headerValue(sources, Setting.SEARCH_EMBEDDINGS_KEY)),
                Duration.ofMillis(sources.integer(Setting.SEARCH_MEANING_PATIENCE_MS)));
    }

    /** A secret that is sent in a header of HTTP. No message shows it. */
    private static @Nullable String headerValue(Sources sources, Setting secret) {
        String value = sources.optionalText(secret);
        if (value != null && !value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new ConfigException(secret.path() + " has a character that no header of HTTP may have: copy it anew,"
                    + " without line breaks (only printable ASCII characters can be sent)");
        }
        return value;
    }

    /** In the data folder; where no home folder is known, beside the database, or in this folder. */
    private Path modelFolder(DatabaseLocation database) {
        if (HomeFolder.isUsable(home)) {
            return dataFolder().resolve(MODEL_FOLDER);
        }
        Path beside = besideDatabase(database, LONG_MODEL_FOLDER);
        return beside == null ? Path.of(LONG_MODEL_FOLDER) : beside;
    }

    private static @Nullable ZoneId zone(Sources sources) {
        String name = sources.optionalText(Setting.SEARCH_TIME_ZONE);
        try {
            return name == null ? null : ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new ConfigException(Setting.SEARCH_TIME_ZONE.path() + " must be the name of a time zone, such as"
                    + " Europe/Berlin, or an offset, such as +02:00, but is " + name);
        }
    }

    private static Limits limits(Sources sources, @Nullable String defaultUser) {
        return new Limits(
                maxNameChars(sources, defaultUser),
                sources.integer(Setting.MAX_VALUE_BYTES),
                sources.integer(Setting.MAX_METADATA_BYTES),
                sources.integer(Setting.MAX_LIMIT),
                sources.integer(Setting.MAX_REPLY_CHARS));
    }

    private static int maxNameChars(Sources sources, @Nullable String defaultUser) {
        int most = sources.integer(Setting.MAX_NAME_CHARS);
        if (defaultUser != null && defaultUser.codePointCount(0, defaultUser.length()) > most) {
            throw new ConfigException(Setting.DEFAULT_USER.path() + " " + defaultUser + " is longer than "
                    + Setting.MAX_NAME_CHARS.path() + " allows: " + most + " characters");
        }
        return most;
    }

    private static AccessOptions access(Sources sources, DatabaseLocation database) {
        Path tokenFile = sources.path(Setting.AUTH_TOKEN_FILE);
        String resource = sources.optionalText(Setting.AUTH_RESOURCE);
        return new AccessOptions(
                tokenFile == null ? besideDatabase(database, "tokens.json") : tokenFile,
                // Whoever names a file wants tokens, also when it is not there yet, or not where it was thought to be.
                sources.flag(Setting.AUTH_REQUIRED) || tokenFile != null,
                resource == null ? null : URI.create(resource),
                jwt(sources, resource),
                sources.integer(Setting.CALLS_PER_SECOND),
                sources.integer(Setting.CONCURRENT_CALLS),
                sources.integer(Setting.OPEN_STREAMS));
    }

    private static AccessOptions.@Nullable Jwt jwt(Sources sources, @Nullable String resource) {
        String issuer = sources.optionalText(Setting.AUTH_ISSUER);
        if (issuer == null) {
            return null;
        }
        String named = sources.optionalText(Setting.AUTH_AUDIENCE);
        return new AccessOptions.Jwt(
                issuer,
                named == null ? advertised(needed(resource, Setting.AUTH_AUDIENCE)) : Set.of(named),
                URI.create(needed(sources.optionalText(Setting.AUTH_JWKS_URI), Setting.AUTH_JWKS_URI)),
                Set.copyOf(List.of(sources.text(Setting.AUTH_ALGORITHMS).split(" *, *"))),
                sources.text(Setting.AUTH_USER_CLAIM),
                sources.integer(Setting.MAX_NAME_CHARS),
                sources.text(Setting.AUTH_READ_SCOPE),
                sources.text(Setting.AUTH_WRITE_SCOPE),
                sources.optionalText(Setting.AUTH_ALL_USERS_SCOPE));
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

    private static HttpOptions http(Sources sources) {
        return new HttpOptions(
                sources.read(Setting.HTTP_ADDRESS, ListenAddress::parse),
                sources.flag(Setting.HTTP_SSE),
                sources.flag(Setting.HTTP_BROWSER),
                sources.integer(Setting.HTTP_MAX_REQUEST_BYTES),
                Duration.ofSeconds(sources.integer(Setting.HTTP_SESSION_IDLE_SECONDS)),
                sources.list(Setting.HTTP_ALLOWED_HOSTS),
                sources.list(Setting.HTTP_ALLOWED_ORIGINS),
                sources.flag(Setting.HTTP_TRUST_FORWARDED),
                sources.flag(Setting.HTTP_ALLOW_UNAUTHENTICATED),
                tls(sources));
    }

    private static HttpOptions.@Nullable Tls tls(Sources sources) {
        Path keystore = sources.path(Setting.HTTP_KEYSTORE);
        String password = sources.optionalText(Setting.HTTP_KEYSTORE_PASSWORD);
        if (keystore == null && password != null) {
            throw new ConfigException(Setting.HTTP_KEYSTORE_PASSWORD.path() + " is of no use without "
                    + Setting.HTTP_KEYSTORE.path() + ": name the keystore, or leave both out for plain HTTP");
        }
        return keystore == null ? null : new HttpOptions.Tls(keystore, password == null ? "" : password);
    }

    private List<Config.Upstream> upstreams(
            ConfigFile file,
            Map<String, ContractOptions> contracts,
            @Nullable String defaultUser,
            String primary,
            String origin) {
        UpstreamReader reader = new UpstreamReader(placeholders, contracts, defaultUser, primary, origin);
        List<Config.Upstream> upstreams = new ArrayList<>();
        file.upstreams().forEach((name, entry) -> upstreams.add(reader.read(name, entry, false)));
        file.pasted().forEach((name, entry) -> upstreams.add(reader.read(name, entry, true)));
        return List.copyOf(upstreams);
    }

    private DatabaseLocation database(Sources sources) {
        String written = sources.optionalText(Setting.DATABASE);
        String text = written == null ? "" : FilePaths.unquoted(written.strip());
        if (DatabaseLocation.isAddress(text)) {
            return new PostgresReader(sources, placeholders, environment).read(text, history(sources));
        }
        Path named = sources.path(Setting.DATABASE);
        return new DatabaseLocation.File(new SqliteOptions(
                named == null ? dataFolder().resolve("memory.db") : named,
                Duration.ofMillis(sources.integer(Setting.SQLITE_TIMEOUT_MS)),
                sources.choice(Setting.SQLITE_SYNCHRONOUS, Synchronous.class),
                history(sources)));
    }

    private static HistoryOptions history(Sources sources) {
        return new HistoryOptions(
                Duration.ofDays(sources.integer(Setting.HISTORY_DAYS)),
                sources.integer(Setting.HISTORY_MAX_REVISIONS),
                (long) sources.integer(Setting.HISTORY_MAX_MEGABYTES) << 20);
    }

    private static BackendOptions policy(DatabaseLocation database, Sources sources) {
        if (database instanceof DatabaseLocation.File file) {
            return new BackendOptions(
                    sources.flag(Setting.SQLITE_ENABLED),
                    sources.integer(Setting.SQLITE_PRIORITY),
                    file.options().busyTimeout(),
                    sources.integer(Setting.SQLITE_MAX_RETRIES));
        }
        return new BackendOptions(
                true,
                BackendOptions.LOCAL.priority(),
                Duration.ofMillis(sources.integer(Setting.POSTGRES_TIMEOUT_MS)),
                BackendOptions.LOCAL.maxRetries());
    }

    /** Null where the database is no file: several machines use it, and what belongs to it is in it. */
    private static @Nullable Path besideDatabase(DatabaseLocation database, String name) {
        return database instanceof DatabaseLocation.File file
                ? file.options().file().resolveSibling(name)
                : null;
    }

    private Path dataFolder() {
        return new UserFolders(os, home, environment).data();
    }
}
