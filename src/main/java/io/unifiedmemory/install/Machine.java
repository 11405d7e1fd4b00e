package io.unifiedmemory.install;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What decides where programs keep their settings. Immutable.
 *
 * @param os the system property {@code os.name}
 * @param home the user's home folder
 * @param environment the variables of this process
 */
public record Machine(String os, Path home, Map<String, String> environment) {

    boolean isWindows() {
        return system().startsWith("windows");
    }

    /** The folder that holds one folder of settings for each desktop program. */
    Path settings() {
        if (isWindows()) {
            return folder("APPDATA", home.resolve("AppData").resolve("Roaming"));
        }
        return system().startsWith("mac")
                ? home.resolve("Library").resolve("Application Support")
                : folder("XDG_CONFIG_HOME", home.resolve(".config"));
    }

    /** The folder that a variable names; another one when it is unset or relative. */
    Path folder(String variable, Path otherwise) {
        @Nullable String value = environment.get(variable);
        return value != null && Path.of(value).isAbsolute() ? Path.of(value) : otherwise;
    }

    private String system() {
        return os.toLowerCase(Locale.ROOT);
    }
}
