package io.unifiedmemory.install;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of a TOML text.
 *
 * @param text with its line break
 * @param whole whether it begins a statement: not inside an array or a text of several lines, where a bracket opens no
 *     table
 */
record TomlLine(String text, boolean whole) {

    private static final String LONG_TEXT = "\"\"\"";
    private static final String LONG_LITERAL = "'''";

    /** The lines of a text that is known to be TOML. */
    static List<TomlLine> of(String toml) {
        List<TomlLine> lines = new ArrayList<>();
        int start = 0;
        int depth = 0;
        boolean whole = true;
        for (int at = 0; at < toml.length(); at++) {
            char c = toml.charAt(at);
            if (c == '#') {
                at = Math.max(at, endOfLine(toml, at) - 1);
            } else if (c == '"' || c == '\'') {
                int end = endOfString(toml, at);
                // The lines that a text goes over belong to the statement that it is in.
                for (int next = endOfLine(toml, at) + 1; next <= end; next = endOfLine(toml, next) + 1) {
                    lines.add(new TomlLine(toml.substring(start, next), whole));
                    start = next;
                    whole = false;
                }
                at = end;
            } else if (c == '[' || c == '{') {
                depth++;
            } else if (c == ']' || c == '}') {
                depth--;
            } else if (c == '\n') {
                lines.add(new TomlLine(toml.substring(start, at + 1), whole));
                start = at + 1;
                whole = depth == 0;
            }
        }
        if (start < toml.length()) {
            lines.add(new TomlLine(toml.substring(start), whole));
        }
        return lines;
    }

    /** What it says, without its line break. */
    String content() {
        return text.stripTrailing();
    }

    private static int endOfLine(String toml, int from) {
        int end = toml.indexOf('\n', from);
        return end < 0 ? toml.length() : end;
    }

    /** The place of the last quotation mark of a text that begins with one. */
    private static int endOfString(String toml, int from) {
        boolean literal = toml.charAt(from) == '\'';
        String mark = literal ? LONG_LITERAL : LONG_TEXT;
        if (!toml.startsWith(mark, from)) {
            mark = mark.substring(0, 1);
        }
        for (int at = from + mark.length(); at < toml.length(); at++) {
            if (toml.charAt(at) == '\\' && !literal) {
                at++;
            } else if (toml.startsWith(mark, at)) {
                int end = at + mark.length() - 1;
                // Two more of the same may stand before the end of a long text.
                while (mark.length() > 1 && end + 1 < toml.length() && toml.charAt(end + 1) == toml.charAt(from)) {
                    end++;
                }
                return end;
            }
        }
        return toml.length() - 1;
    }
}
