package io.unifiedmemory.upstream.declared;

import io.unifiedmemory.upstream.contract.ToolReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An object of a contract as it was written, with the place where it stands there. Whatever is wrong with it is an {@link
 * IllegalArgumentException} that begins with that place. Immutable.
 */
record Declaration(String place, Map<String, Object> fields) {

    /** The place of a field, for messages. */
    String at(String name) {
        return place + "." + name;
    }

    boolean has(String name) {
        return fields.get(name) != null;
    }

    /** Refuses fields that are not among these: a field that nobody reads is a mistake in writing. */
    void requireOnly(Set<String> known) {
        Set<String> unknown = new TreeSet<>(fields.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw Fault.at(
                    at(unknown.iterator().next()),
                    "is unknown; accepted are " + String.join(", ", new TreeSet<>(known)));
        }
    }

    String text(String name) {
        String text = optionalText(name);
        if (text == null) {
            throw Fault.at(at(name), "is missing");
        }
        return text;
    }

    @Nullable
    String optionalText(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw Fault.at(at(name), "must be a text");
    }

    /** One of these texts, or the first when the field is absent. */
    String choice(String name, String... accepted) {
        String text = optionalText(name);
        if (text == null) {
            return accepted[0];
        }
        if (List.of(accepted).contains(text)) {
            return text;
        }
        throw Fault.at(at(name), "must be one of " + String.join(", ", accepted) + ", not " + text);
    }

    boolean flag(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw Fault.at(at(name), "must be true or false");
    }

    /** @param most the largest number, which also stands for an absent field when {@code absent} is larger */
    int number(String name, int least, int most, int absent) {
        Object value = fields.get(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Integer number && number >= least && number <= most) {
            return number;
        }
        throw Fault.at(at(name), "must be a whole number from " + least + " to " + most);
    }

    /** The expression in a field; null where there is none. */
    @Nullable
    Expression expression(String name) {
        String text = optionalText(name);
        return text == null ? null : Expression.compile(text, at(name));
    }

    /** An object in a field; an empty one where there is none. */
    Declaration object(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return new Declaration(at(name), Map.of());
        }
        if (value instanceof Map<?, ?> map) {
            return new Declaration(at(name), ToolReply.object(map));
        }
        throw Fault.at(at(name), "must be an object");
    }

    /** The objects in a list; none where the field is absent. */
    List<Declaration> objects(String name) {
        List<Declaration> objects = new ArrayList<>();
        for (Object each : list(name)) {
            String where = at(name) + "[" + objects.size() + "]";
            if (!(each instanceof Map<?, ?> map)) {
                throw Fault.at(where, "must be an object");
            }
            objects.add(new Declaration(where, ToolReply.object(map)));
        }
        return objects;
    }

    /** The texts in a list; none where the field is absent. */
    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object each : list(name)) {
            if (!(each instanceof String text)) {
                throw Fault.at(at(name), "must hold texts only");
            }
            texts.add(text);
        }
        return texts;
    }

    /** The lists of texts in an object, by field. */
    Map<String, List<String>> textLists(String name) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        Declaration object = object(name);
        object.fields.keySet().forEach(field -> lists.put(field, object.texts(field)));
        return lists;
    }

    private List<?> list(String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof List) {
            return value == null ? List.of() : (List<?>) value;
        }
        throw Fault.at(at(name), "must be an array");
    }
}
