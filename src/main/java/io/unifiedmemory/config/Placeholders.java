package io.unifiedmemory.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Expands {@code ~} and {@code ${NAME}}, as clients leave them in server entries: also {@code ${env:NAME}} (VS Code) and
 * {@code ${NAME:-default}} (Claude Code).
 */
final class Placeholders {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

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
        return VARIABLE.matcher(text)
                .results()
                .map(found -> "${" + found.group(1) + "}")
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** Whether a text says nothing: it is empty or an option of a bundle that was left empty. */
    static boolean isUnset(String text) {
        return text.isBlank() || UNSET.matcher(text).matches();
    }

    /** The text with its placeholders replaced, by values without blanks and line ends around them; one that stands for nothing is a {@link ConfigException}. */
    String expand(String text, String option, String origin) {
        Matcher matcher = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(valueOf(matcher, option, origin)));
        }
        return matcher.appendTail(expanded).toString();
    }

    /** As {@link #expand}, and a leading {@code ~} is the user's home folder. */
    String expandPath(String text, String option, String origin) {
        String expanded = expand(text, option, origin);
        boolean isHome = expanded.equals("~") || expanded.startsWith("~/") || expanded.startsWith("~\\");
        return isHome ? home + expanded.substring(1) : expanded;
    }

    private String valueOf(Matcher matcher, String option, String origin) {
        String name = matcher.group(1);
        String value = environment.get(name);
        if (value == null && name.equals("HOME")) {
            value = home;
        }
        if (value == null) {
            value = matcher.group(2);
        }
        if (value == null) {
            throw new ConfigException(
                    option + " uses ${" + name + "}, but the environment has no " + name + " (from " + origin + ")");
        }
        return value.strip();
    }
}
