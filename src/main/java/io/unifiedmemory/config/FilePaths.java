package io.unifiedmemory.config;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The one way from what somebody wrote for a file to its path: what is meant is expanded, and what would make a file of
 * a strange name below the working directory is refused. Immutable.
 */
public final class FilePaths {

    private static final String FILE_SCHEME = "file:";

    private final Placeholders placeholders;
    private final String home;

    /**
     * @param environment the environment variables
     * @param home the user's home folder
     */
    public FilePaths(Map<String, String> environment, String home) {
        this.home = home;
        placeholders = new Placeholders(environment, home);
    }

    /**
     * The absolute path of a file, which need not be there.
     *
     * @param text with {@code ~}, <code>${NAME}</code>, {@code $NAME} or {@code %NAME%} for what stands elsewhere, in quotes
     *     or as a {@code file:} address if need be
     * @param option what it is the value of
     * @param origin the file, variable or flag that it comes from
     * @throws ConfigException when it names no file
     */
    public Path of(String text, String option, String origin) {
        String expanded = placeholders.expandFileName(unquoted(text.strip()), option, origin);
        String name = isScheme(expanded, FILE_SCHEME) ? ofAddress(expanded, option, origin) : expanded;
        if (name.isBlank() || name.equals(":memory:")) {
            throw refused(option, "must name a file: memories that end with the process are not offered", origin);
        }
        boolean folder = name.endsWith("/") || name.endsWith(File.separator) || name.matches("(.*[/\\\\])?\\.{1,2}");
        if (folder || name.equals(home)) {
            throw refused(option, "must name a file, not a folder: add its name, such as memory.db", origin);
        }
        if (name.matches("(?s)[A-Za-z][A-Za-z0-9+.-]+:.*")) {
            throw refused(
                    option,
                    "must be a path, not an address that begins with " + name.substring(0, name.indexOf(':') + 1)
                            + " (for a file of that very name put ./ in front)",
                    origin);
        }
        if (name.matches("(?s)~[^/\\\\]+[/\\\\].*")) {
            throw refused(option, "must be a path: the ~ of another user is not expanded", origin);
        }
        if (name.startsWith("\"") || name.startsWith("'") || name.endsWith("\"") || name.endsWith("'")) {
            throw refused(option, "must be a path: a quotation mark at one end of it is one too many", origin);
        }
        return sound(name, option, origin);
    }

    /**
     * The absolute path of a file or folder whose name is final.
     *
     * @throws ConfigException when no file can have this name, or none can be opened by it here
     */
    static Path sound(String name, String option, String origin) {
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw refused(option, "must be a path, which has no control characters and no line breaks", origin);
        }
        try {
            Path path = Path.of(requireReadable(name, option, origin));
            if (!path.isAbsolute()) {
                requireReadable(System.getProperty("user.dir"), option + " below the working directory", origin);
            }
            return path.toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw refused(option, "must be a path, not " + name, origin);
        }
    }

    private static String requireReadable(String name, String option, String origin) {
        if (Invocation.isLossy(name) || !LocaleEncoding.canName(name)) {
            throw refused(option, "cannot be used as a path: " + LocaleEncoding.remedy(), origin);
        }
        return name;
    }

    private static String ofAddress(String address, String option, String origin) {
        try {
            URI uri = new URI(address);
            String host = uri.getAuthority();
            boolean here = host == null || host.equals("localhost");
            if (here && uri.getPath() != null && uri.getQuery() == null && uri.getFragment() == null) {
                // A drive follows the slash: /C:/Users.
                return uri.getPath().matches("/[A-Za-z]:/.*") && File.separatorChar == '\\'
                        ? uri.getPath().substring(1)
                        : uri.getPath();
            }
        } catch (URISyntaxException e) {
            // Refused below: the part that is wrong helps nobody who wanted a path.
        }
        throw refused(
                option,
                "must be a path, or an address such as file:///home/me/memory.db without a query: SQLite's own options"
                        + " have no place in it",
                origin);
    }

    private static boolean isScheme(String text, String scheme) {
        return text.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    /** Shells and files of variables leave quotation marks where they mean none. */
    static String unquoted(String text) {
        char first = text.isEmpty() ? 0 : text.charAt(0);
        boolean quoted = text.length() > 1 && (first == '"' || first == '\'') && text.endsWith(String.valueOf(first));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static ConfigException refused(String option, String why, String origin) {
        return new ConfigException(option + " " + why + " (from " + origin + ")");
    }
}
