package io.unifiedmemory.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where a program keeps on each platform what it can make anew. */
public final class CacheFolder {

    /** The environment variable that names another folder; the launcher knows it too. */
    private static final String VARIABLE = "UNIFIED_MEMORY_CACHE";

    private CacheFolder() {}

    /**
     * The folder on this machine, which need not be there.
     *
     * @param database beside which it is where no home folder is known or none can be opened
     */
    public static Path of(Map<String, String> environment, Path database) {
        return of(System.getProperty("os.name"), HomeFolder.of(environment), environment, database);
    }

    /**
     * Likewise.
     *
     * @param os the system property {@code os.name}
     * @param home the user's home folder
     */
    static Path of(String os, String home, Map<String, String> environment, Path database) {
        String named = environment.get(VARIABLE);
        if (named != null && !Placeholders.isUnset(named)) {
            return FilePaths.sound(named.strip(), VARIABLE, "the environment");
        }
        if (!HomeFolder.isUsable(home)) {
            return database.resolveSibling("cache");
        }
        String system = os.toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            return DataFolder.of(os, home, environment).resolve("cache");
        }
        if (system.startsWith("mac")) {
            return Path.of(home, "Library", "Caches", "unified-memory");
        }
        // The XDG base directory specification: a relative path there is to be ignored.
        String cache = environment.get("XDG_CACHE_HOME");
        Path folder = cache != null && cache.startsWith("/")
                ? FilePaths.sound(cache, "XDG_CACHE_HOME", "the environment")
                : Path.of(home, ".cache");
        return folder.resolve("unified-memory");
    }
}
