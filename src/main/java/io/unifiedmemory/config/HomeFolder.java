package io.unifiedmemory.config;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;

/** Where a user's own files are. */
public final class HomeFolder {

    private static final String VARIABLE = "HOME";

    private HomeFolder() {}

    /**
     * As shells see it: {@code HOME}, which the JVM's own idea of the home folder ignores. It may be no folder at all, as
     * for an account that the system does not know: {@link #path} refuses that when it is needed.
     */
    public static String of(Map<String, String> environment) {
        String home = environment.get(VARIABLE);
        return home != null && new File(home).isAbsolute() ? home : System.getProperty("user.home", "");
    }

    /** Whether it is known, and Java can open what is in it. */
    static boolean isUsable(String home) {
        return new File(home).isAbsolute() && !Invocation.isLossy(home) && LocaleEncoding.canName(home);
    }

    /**
     * The folder.
     *
     * @throws ConfigException when it is not known, or Java cannot open what is in it
     */
    public static Path path(String home) {
        if (!new File(home).isAbsolute()) {
            throw new ConfigException("the home folder of this account is not known: set " + VARIABLE
                    + " to a folder, or name the database file in " + Setting.DATABASE.variable());
        }
        return FilePaths.sound(home, "the home folder", VARIABLE + ", or the account");
    }
}
