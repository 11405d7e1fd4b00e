package io.unifiedmemory.config;

import java.io.File;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Expands what stands in a text for something else, as shells and clients write it: {@code ~}, <code>${NAME}</code>,
 * <code>${env:NAME}</code> and <code>${userHome}</code> (VS Code, Cursor), <code>${NAME:-default}</code> (Claude Code),
 * {@code $NAME} (Gemini CLI); in the name of a file {@code %NAME%} (Windows) and {@code $env:NAME} (PowerShell) too.
 * What stands for nothing here is refused by its name; no message shows a value.
 */
final class Placeholders {

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";

    /** Group 1 or 4 is a variable's name, group 2 its default, group 3 anything else in braces. */
    private static final Pattern VALUE = Pattern.compile("\\$\\{(?:env:)?(" + NAME + ")(?::-([^{}]*))?}"
            + "|\\$\\{([^}]*)}"
            // A password may have a dollar sign, and a shell's own variables have small letters.
            + "|(?<![A-Za-z0-9_$])\\$([A-Z_][A-Z0-9_]*)");

    /** Likewise. Within the name of a file or folder a dollar sign stands for itself. */
    private static final Pattern FILE_NAME = Pattern.compile("\\$\\{(?:env:)?(" + NAME + ")(?::-([^{}]*))?}"
            + "|\\$\\{([^}]*)}"
            + "|(?<![^/\\\\])\\$(?:env:)?(" + NAME + ")"
            + "|%(" + NAME + "(?:\\(x86\\))?)%");

    /** What clients put in braces that is no variable: their own questions, folders and settings. */
    private static final Pattern OF_CLIENT = Pattern.compile(
            "(?:input|command|config|user_config|extensionPath|workspace|workspaceFolder|workspaceFolderBasename|file"
                    + "|__dirname)(?:[.:/].*)?");

    /** What a bundle's option looks like that its user left empty: nothing was said. */
    private static final Pattern UNSET = Pattern.compile("\\$\\{user_config\\.[^}]*}");

    private final Map<String, String> environment;
    private final String home;

    Placeholders(Map<String, String> environment, String home) {
        this.environment = environment;
        this.home = home;
    }

    /** A text without line ends around it, with which files of variables that were written on Windows end each value. */
    static String withoutLineEnds(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isLineEnd(text.charAt(start))) {
            start++;
        }
        while (end > start && isLineEnd(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isLineEnd(char c) {
        return c == '\r' || c == '\n';
    }

    /** The variables that a text names, each as it stands there; empty where it names none. */
    static String namedIn(String text) {
        return VALUE.matcher(text).results().map(MatchResult::group).distinct().collect(Collectors.joining(", "));
    }

    /** Whether a text says nothing: it is empty or an option of a bundle that was left empty. */
    static boolean isUnset(String text) {
        return text.isBlank() || UNSET.matcher(text).matches();
    }

    /**
     * The text with its placeholders replaced, by values without blanks and line ends around them; one that stands for
     * nothing is a {@link ConfigException}.
     */
    String expand(String text, String option, String origin) {
        return expand(VALUE, text, option, origin, false);
    }

    /** As {@link #expand}, and a leading {@code ~} is the user's home folder. */
    String expandPath(String text, String option, String origin) {
        return withHome(expand(text, option, origin));
    }

    /**
     * An argument of a program, which may be a line for a shell: as {@link #expandPath}, but what neither the environment
     * nor a client knows is left to that shell.
     */
    String expandArgument(String text, String option, String origin) {
        return withHome(expand(VALUE, text, option, origin, true));
    }

    /** As {@link #expandPath}, with the ways to write it in the name of a file. */
    String expandFileName(String text, String option, String origin) {
        return withHome(expand(FILE_NAME, text, option, origin, false));
    }

    private String withHome(String text) {
        boolean isHome = text.equals("~") || text.startsWith("~/") || text.startsWith("~\\");
        return isHome ? HomeFolder.path(home) + text.substring(1) : text;
    }

    private String expand(Pattern pattern, String text, String option, String origin, boolean lenient) {
        if (text.indexOf('$') < 0 && text.indexOf('%') < 0) {
            return text;
        }
        Matcher matcher = pattern.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            String value = matcher.group(3) == null
                    ? variable(matcher, lenient, option, origin)
                    : special(matcher.group(3), lenient, option, origin);
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value == null ? matcher.group() : value));
        }
        return matcher.appendTail(expanded).toString();
    }

    /** What stands in braces and is no variable; null for what is left as it is. */
    private @Nullable String special(String inside, boolean lenient, String option, String origin) {
        if (inside.equals("pathSeparator") || inside.equals("/")) {
            return File.separator;
        }
        if (OF_CLIENT.matcher(inside).matches()) {
            throw refused(option, "${" + inside + "}, which only the client that wrote it could fill in", origin);
        }
        if (lenient) {
            return null;
        }
        throw refused(option, "a ${...} that is not the name of a variable", origin);
    }

    private @Nullable String variable(Matcher matcher, boolean lenient, String option, String origin) {
        String braced = matcher.group(1);
        String name = braced == null ? firstOf(matcher, 4) : braced;
        String value = environment.get(name);
        if (value == null && (name.equals("HOME") || name.equals("userHome"))) {
            value = HomeFolder.path(home).toString();
        }
        if (value == null && braced != null) {
            value = matcher.group(2);
        }
        boolean special =
                name.equals("pathSeparator") || OF_CLIENT.matcher(name).matches();
        if (value == null && braced != null && special) {
            return special(name, lenient, option, origin);
        }
        if (value == null && lenient && braced == null) {
            return null;
        }
        if (value == null) {
            throw refused(option, matcher.group() + ", but the environment has no " + name, origin);
        }
        if (Invocation.isLossy(value)) {
            throw new ConfigException(
                    option + " uses the variable " + name + ": " + LocaleEncoding.remedy() + " (from " + origin + ")");
        }
        return value.strip();
    }

    private static String firstOf(Matcher matcher, int from) {
        int group = from;
        while (matcher.group(group) == null) {
            group++;
        }
        return matcher.group(group);
    }

    private static ConfigException refused(String option, String what, String origin) {
        return new ConfigException(option + " uses " + what + ": write a value there, or ${NAME} for a variable NAME"
                + " of this server's environment (from " + origin + ")");
    }
}
