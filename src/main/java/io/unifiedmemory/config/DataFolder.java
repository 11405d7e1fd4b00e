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
            return (local == null ? HomeFolder.path(home).resolve("AppData").resolve("Local") : Path.of(local))
                    .resolve("unified-memory");
        }
        if (system.startsWith("mac")) {
            return HomeFolder.path(home)
                    .resolve("Library")
                    .resolve("Application Support")
                    .resolve("unified-memory");
        }
        // The XDG base directory specification: a relative path there is to be ignored.
        String data = environment.get("XDG_DATA_HOME");
        Path folder = data != null && data.startsWith("/")
                ? FilePaths.sound(data, "XDG_DATA_HOME", "the environment")
                : HomeFolder.path(home).resolve(".local").resolve("share");
        return folder.resolve("unified-memory");
    }
}
