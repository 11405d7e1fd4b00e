package io.unifiedmemory.install;

import io.unifiedmemory.install.JsonOutline.Member;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Servers in a JSON file, with or without comments and trailing commas. */
final class JsonServers implements ServerList {

    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

    /** Nothing but white space and comments up to a comma; group 1 is what stands before the comma. */
    private static final Pattern COMMA = Pattern.compile("((?:\\s|//[^\\n]*\\n|/\\*(?s:.*?)\\*/)*+),");

    private final String container;
    private final JsonMapper mapper;

    private JsonServers(String container, boolean comments) {
        this.container = container;
        mapper = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonReadFeature.ALLOW_JAVA_COMMENTS, comments)
                .configure(JsonReadFeature.ALLOW_TRAILING_COMMA, comments)
                .build();
    }

    /** As RFC 8259 has it. */
    static JsonServers strict(String container) {
        return new JsonServers(container, false);
    }

    /** As editors have it: comments and trailing commas are allowed. */
    static JsonServers withComments(String container) {
        return new JsonServers(container, true);
    }

    @Override
    public String form() {
        return "JSON";
    }

    @Override
    public String container() {
        return container;
    }

    @Override
    public Map<String, Object> parse(String text) throws JacksonException {
        return text.isBlank() ? Map.of() : mapper.readValue(text, OBJECT);
    }

    @Override
    public String put(String text, String name, Map<String, Object> entry) {
        return put(text, name, (Object) entry);
    }

    /** The text with a member of this name in the container, new or instead of the old one. */
    String put(String text, String name, Object entry) {
        if (text.isBlank()) {
            return put("{}\n", name, entry);
        }
        JsonOutline root = JsonOutline.of(text, mapper);
        Layout layout = Layout.of(text, root);
        JsonOutline servers = root.object(container);
        if (servers == null) {
            return insert(text, root, container, Map.of(name, entry), layout, 1);
        }
        Member old = servers.member(name);
        return old == null
                ? insert(text, servers, name, entry, layout, 2)
                : text.substring(0, old.valueStart()) + layout.write(entry, 2) + text.substring(old.end());
    }

    private static String insert(String text, JsonOutline object, String name, Object value, Layout layout, int depth) {
        String member = "\"" + name + "\": " + layout.write(value, depth);
        Member last = object.last();
        int inside = last == null ? object.open() + 1 : last.end();
        String rest = text.substring(inside, object.close());
        boolean trailing = last != null && COMMA.matcher(rest).lookingAt();
        String before = text.substring(0, inside) + (last == null || trailing ? "" : ",") + rest.stripTrailing();
        String end = last == null
                ? layout.lineBreak(depth - 1)
                : rest.substring(rest.stripTrailing().length());
        return before
                + (last == null && layout.flat() ? "" : layout.lineBreak(depth))
                + member
                + (trailing ? "," : "")
                + (layout.flat() ? "" : end)
                + text.substring(object.close());
    }

    @Override
    public String remove(String text, String name) {
        String without = removeMember(text, JsonOutline.of(text, mapper).object(container), name);
        JsonOutline root = JsonOutline.of(without, mapper);
        JsonOutline servers = root.object(container);
        boolean hollow = servers != null
                && without.substring(servers.open() + 1, servers.close()).isBlank();
        return hollow ? removeMember(without, root, container) : without;
    }

    private static String removeMember(String text, @Nullable JsonOutline object, String name) {
        Member member = object == null ? null : object.member(name);
        if (object == null || member == null) {
            return text;
        }
        String before = text.substring(0, member.start()).stripTrailing();
        String after = text.substring(member.end());
        Matcher following = COMMA.matcher(after);
        Member previous = object.before(member);
        if (following.lookingAt()) {
            after = following.group(1) + after.substring(following.end());
        } else if (previous != null) {
            Matcher preceding = COMMA.matcher(before).region(previous.end(), before.length());
            before = preceding.lookingAt()
                    ? before.substring(0, preceding.end() - 1) + before.substring(preceding.end())
                    : before;
        }
        boolean hollow =
                before.length() == object.open() + 1 && after.stripLeading().startsWith("}");
        return before + (hollow ? after.stripLeading() : after);
    }

    /**
     * How a file is laid out.
     *
     * @param unit what one level is indented by
     * @param newline the line break
     * @param flat whether all of it is one line
     */
    private record Layout(String unit, String newline, boolean flat) {

        static Layout of(String text, JsonOutline root) {
            Member first = root.first();
            int lineStart = first == null ? -1 : text.lastIndexOf('\n', first.start()) + 1;
            String lead = first == null ? "" : text.substring(lineStart, first.start());
            boolean indented = lineStart > 0 && lead.isBlank() && !lead.isEmpty();
            return new Layout(
                    indented ? lead : "  ",
                    text.contains("\r\n") ? "\r\n" : "\n",
                    first != null && !text.strip().contains("\n"));
        }

        String lineBreak(int depth) {
            return flat ? " " : newline + unit.repeat(depth);
        }

        String write(Object value, int depth) {
            if (flat) {
                return WRITER.writeValueAsString(value);
            }
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                            .withArrayEmptySeparator("")
                            .withObjectEmptySeparator(""))
                    .withObjectIndenter(new DefaultIndenter(unit, newline));
            return WRITER.writer().with(printer).writeValueAsString(value).replace(newline, lineBreak(depth));
        }

        private static final JsonMapper WRITER = JsonMapper.builder().build();
    }
}
