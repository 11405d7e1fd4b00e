package io.unifiedmemory.config;

import java.nio.file.Path;
import java.util.Map;

/** Where a user's own files are. */
public final class HomeFolder {

    private HomeFolder() {}

    /** As shells see it: {@code HOME}, which the JVM's own idea of the home folder ignores. */
    public static String of(Map<String, String> environment) {
        String home = environment.get("HOME");
        return home != null && Path.of(home).isAbsolute() ? home : System.getProperty("user.home");
    }
}
