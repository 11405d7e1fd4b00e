package io.unifiedmemory.install;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the members of an object stand in a text, in characters from its beginning.
 *
 * @param open the place of the opening brace
 * @param close the place of the closing brace
 * @param members in their order
 */
record JsonOutline(int open, int close, List<Member> members) {

    /**
     * @param start where the name begins
     * @param valueStart where the value begins
     * @param end the first character behind the value
     * @param object the value, if it is an object
     */
    record Member(
            String name,
            int start,
            int valueStart,
            int end,
            @Nullable JsonOutline object) {}

    /** The outline of a text that is known to be one JSON object. */
    static JsonOutline of(String text, JsonMapper mapper) {
        try (JsonParser parser = mapper.createParser(text)) {
            parser.nextToken();
            return read(parser);
        }
    }

    private static JsonOutline read(JsonParser parser) {
        int open = tokenStart(parser);
        List<Member> members = new ArrayList<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            int start = tokenStart(parser);
            JsonToken token = parser.nextToken();
            int valueStart = tokenStart(parser);
            @Nullable JsonOutline object = token == JsonToken.START_OBJECT ? read(parser) : null;
            if (token == JsonToken.START_ARRAY) {
                parser.skipChildren();
            }
            parser.finishToken();
            members.add(new Member(name, start, valueStart, position(parser), object));
        }
        return new JsonOutline(open, tokenStart(parser), List.copyOf(members));
    }

    private static int tokenStart(JsonParser parser) {
        return Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    }

    private static int position(JsonParser parser) {
        return Math.toIntExact(parser.currentLocation().getCharOffset());
    }

    @Nullable
    Member member(String name) {
        return members.stream()
                .filter(member -> member.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The value of a member; null when there is none or it is not an object. */
    @Nullable
    JsonOutline object(String name) {
        Member member = member(name);
        return member == null ? null : member.object;
    }

    @Nullable
    Member first() {
        return members.isEmpty() ? null : members.get(0);
    }

    @Nullable
    Member last() {
        return members.isEmpty() ? null : members.get(members.size() - 1);
    }

    @Nullable
    Member before(Member member) {
        int index = members.indexOf(member);
        return index == 0 ? null : members.get(index - 1);
    }
}
