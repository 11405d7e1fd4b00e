package io.unifiedmemory.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where a program keeps a user's data on each platform. */
final class DataFolder {

    private DataFolder() {}

    /**
     * @param os the system property {@code os.name}
     * @param home the user's home folder
     */
    static Path of(String os, String home, Map<String, String> environment) {
        String system = os.toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            String local = environment.get("LOCALAPPDATA");
            return (local == null ? Path.of(home, "AppData", "Local") : Path.of(local)).resolve("unified-memory");
        }
        if (system.startsWith("mac")) {
            return Path.of(home, "Library", "Application Support", "unified-memory");
        }
        // The XDG base directory specification: a relative path there is to be ignored.
        String data = environment.get("XDG_DATA_HOME");
        boolean usable = data != null && data.startsWith("/");
        return (usable ? Path.of(data) : Path.of(home, ".local", "share")).resolve("unified-memory");
    }
}
