package io.unifiedmemory.config;

import io.unifiedmemory.memory.HistoryOptions;
import io.unifiedmemory.store.postgres.db.PostgresOptions;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how a PostgreSQL database is reached. No message shows a password. */
final class PostgresReader {

    private final Sources sources;
    private final Placeholders placeholders;
    private final Map<String, String> environment;

    PostgresReader(Sources sources, Placeholders placeholders, Map<String, String> environment) {
        this.sources = sources;
        this.placeholders = placeholders;
        this.environment = environment;
    }

    /**
     * @param text the value of {@link Setting#DATABASE}
     * @param history how much is kept of what memories held before
     */
    DatabaseLocation.Postgres read(String text, HistoryOptions history) {
        if (!sources.flag(Setting.SQLITE_ENABLED)) {
            throw new ConfigException(Setting.SQLITE_ENABLED.path() + " is false, but the database is PostgreSQL, which"
                    + " keeps every memory: leave that option out, or name a database file (from "
                    + sources.origin(Setting.SQLITE_ENABLED) + ")");
        }
        PostgresUrl url = url(text);
        String user = url.user() == null ? variable("PGUSER") : url.user();
        PostgresOptions options = new PostgresOptions(
                url.jdbc(),
                url.shown(),
                user,
                password(url),
                sources.integer(Setting.POSTGRES_CONNECTIONS),
                Duration.ofMillis(sources.integer(Setting.POSTGRES_TIMEOUT_MS)),
                sources.flag(Setting.POSTGRES_ALLOW_WEAK),
                history);
        return new DatabaseLocation.Postgres(options);
    }

    private PostgresUrl url(String text) {
        String origin = sources.origin(Setting.DATABASE);
        PostgresUrl url;
        try {
            // A dollar sign may be part of a password: what is no variable is left as it is.
            url = PostgresUrl.parse(placeholders.expandArgument(text, Setting.DATABASE.path(), origin));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(Setting.DATABASE.path() + " " + e.getMessage() + " (from " + origin + ")");
        }
        if (url.password() != null && origin.equals(Setting.DATABASE.flag())) {
            throw new ConfigException(
                    Setting.DATABASE.path() + " must have no password on the command line, which every"
                            + " account of this machine can read: put it into PGPASSWORD, "
                            + Setting.POSTGRES_PASSWORD_FILE.path() + " or a password file of PostgreSQL (from "
                            + origin + ")");
        }
        return url.withDefaults(environment);
    }

    /** The driver itself looks for one in a password file of PostgreSQL when there is none here. */
    private @Nullable String password(PostgresUrl url) {
        if (url.password() != null) {
            return url.password();
        }
        Path file = sources.path(Setting.POSTGRES_PASSWORD_FILE);
        return file == null ? variable("PGPASSWORD") : password(file, sources.origin(Setting.POSTGRES_PASSWORD_FILE));
    }

    private static String password(Path file, String origin) {
        String fault;
        try {
            String password = Placeholders.withoutLineEnds(Files.readString(file));
            if (!password.isEmpty() && password.chars().noneMatch(Character::isISOControl)) {
                return password;
            }
            fault = "must hold the password and nothing else, in one line";
        } catch (NoSuchFileException e) {
            fault = "does not exist";
        } catch (CharacterCodingException e) {
            fault = "is not UTF-8 text";
        } catch (IOException e) {
            fault = "cannot be read: " + e;
        }
        throw new ConfigException(
                Setting.POSTGRES_PASSWORD_FILE.path() + ": the file " + file + " " + fault + " (from " + origin + ")");
    }

    private @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : Placeholders.withoutLineEnds(value);
    }
}
