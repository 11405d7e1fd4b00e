package io.unifiedmemory.install;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Servers in a TOML file, each a table {@code [container.name]} with its own sub-tables. Other ways to write the same,
 * such as one inline table for all, are not edited: the result would not say what it should, which {@link ClientSetup}
 * refuses.
 */
final class TomlServers implements ServerList {

    private static final TypeReference<LinkedHashMap<String, Object>> TABLE = new TypeReference<>() {};
    private static final TomlMapper MAPPER = TomlMapper.builder().build();
    private static final Pattern HEADER = Pattern.compile("\\s*\\[.*");
    private static final Pattern BLANK_OR_COMMENT = Pattern.compile("\\s*(#.*)?");

    private final String container;

    TomlServers(String container) {
        this.container = container;
    }

    @Override
    public String form() {
        return "TOML";
    }

    @Override
    public String container() {
        return container;
    }

    @Override
    public Map<String, Object> parse(String text) throws JacksonException {
        return MAPPER.readValue(text, TABLE);
    }

    @Override
    public String put(String text, String name, Map<String, Object> entry) {
        String newline = text.contains("\r\n") ? "\r\n" : "\n";
        String table = ("[" + container + "." + name + "]\n" + MAPPER.writeValueAsString(entry)).replace("\n", newline);
        List<TomlLine> lines = TomlLine.of(text);
        int start = header(lines, name, 0);
        if (start < lines.size()) {
            String tail = withoutTables(lines.subList(start, lines.size()), name);
            return text(lines.subList(0, start)) + table + tail;
        }
        boolean ended = text.isEmpty() || text.endsWith("\n");
        return text + (ended ? "" : newline) + (text.isBlank() ? "" : newline) + table;
    }

    @Override
    public String remove(String text, String name) {
        List<TomlLine> lines = TomlLine.of(text);
        int start = header(lines, name, 0);
        String head = text(lines.subList(0, start));
        String tail = withoutTables(lines.subList(start, lines.size()), name);
        boolean spaced = start > 1 && lines.get(start - 1).text().isBlank();
        return (spaced ? text(lines.subList(0, start - 1)) : head) + tail;
    }

    /** The lines without the tables of an entry; comments before the next table belong to that one. */
    private String withoutTables(List<TomlLine> lines, String name) {
        StringBuilder kept = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            int start = header(lines, name, at);
            kept.append(text(lines.subList(at, start)));
            at = start;
            if (start < lines.size()) {
                at = start + 1;
                while (at < lines.size()
                        && !(lines.get(at).whole()
                                && HEADER.matcher(lines.get(at).content()).matches())) {
                    at++;
                }
                while (BLANK_OR_COMMENT.matcher(lines.get(at - 1).content()).matches()) {
                    at--;
                }
            }
        }
        return kept.toString();
    }

    /** The next line from an index on that opens a table of an entry; the number of lines when there is none. */
    private int header(List<TomlLine> lines, String name, int from) {
        Pattern table = Pattern.compile(
                "\\s*\\[\\s*" + key(container) + "\\s*\\.\\s*" + key(name) + "\\s*(\\..*)?\\]\\s*(#.*)?");
        int at = from;
        while (at < lines.size()
                && !(lines.get(at).whole()
                        && table.matcher(lines.get(at).content()).matches())) {
            at++;
        }
        return at;
    }

    private static String key(String name) {
        String quoted = Pattern.quote(name);
        return "(?:" + quoted + "|\"" + quoted + "\"|'" + quoted + "')";
    }

    private static String text(List<TomlLine> lines) {
        return lines.stream().map(TomlLine::text).collect(Collectors.joining());
    }
}
