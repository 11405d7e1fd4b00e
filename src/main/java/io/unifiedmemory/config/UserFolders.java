package io.unifiedmemory.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a program keeps on each platform what belongs to its user. The folders need not be there. Where other programs keep
 * their settings is another matter, which {@code install.Machine} knows.
 *
 * @param os the system property {@code os.name}
 * @param home the user's home folder, which may be unknown; see {@link HomeFolder}
 * @param environment the environment variables
 */
public record UserFolders(String os, String home, Map<String, String> environment) {

    /** The environment variable that names another folder for the cache; the launcher knows it too. */
    private static final String CACHE_VARIABLE = "UNIFIED_MEMORY_CACHE";

    private static final String NAME = "unified-memory";

    /** Those of this process. */
    public static UserFolders current(Map<String, String> environment) {
        return new UserFolders(System.getProperty("os.name"), HomeFolder.of(environment), environment);
    }

    /** What must not be lost. */
    Path data() {
        if (isSystem("windows")) {
            String local = environment.get("LOCALAPPDATA");
            return (local == null ? HomeFolder.path(home).resolve("AppData").resolve("Local") : Path.of(local))
                    .resolve(NAME);
        }
        if (isSystem("mac")) {
            return HomeFolder.path(home)
                    .resolve("Library")
                    .resolve("Application Support")
                    .resolve(NAME);
        }
        Path named = named("XDG_DATA_HOME");
        return (named == null ? HomeFolder.path(home).resolve(".local").resolve("share") : named).resolve(NAME);
    }

    /**
     * What can be made anew.
     *
     * @param database beside which it is where no home folder is known or none can be opened
     */
    public Path cache(Path database) {
        String folder = environment.get(CACHE_VARIABLE);
        if (folder != null && !Placeholders.isUnset(folder)) {
            return FilePaths.sound(folder.strip(), CACHE_VARIABLE, "the environment");
        }
        if (!HomeFolder.isUsable(home)) {
            return database.resolveSibling("cache");
        }
        if (isSystem("windows")) {
            return data().resolve("cache");
        }
        if (isSystem("mac")) {
            return Path.of(home, "Library", "Caches", NAME);
        }
        Path named = named("XDG_CACHE_HOME");
        return (named == null ? Path.of(home, ".cache") : named).resolve(NAME);
    }

    /** By the XDG base directory specification, which ignores a relative path; null when there is none. */
    private @Nullable Path named(String variable) {
        String folder = environment.get(variable);
        return folder != null && folder.startsWith("/") ? FilePaths.sound(folder, variable, "the environment") : null;
    }

    private boolean isSystem(String name) {
        return os.toLowerCase(Locale.ROOT).startsWith(name);
    }
}
