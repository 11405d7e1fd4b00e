package io.unifiedmemory.tools;

import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Takes a call as clients really send it: with arguments of their own beside the tool's, with optional ones that are
 * empty because nobody set them, with numbers, truth values and objects as texts. What can mean only one thing becomes
 * what the tool's schema says; what cannot stays, and is refused by {@link Arguments}. Stateless.
 */
final class Intake {

    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}(\\.0*)?");

    private Intake() {}

    /** The call with the arguments that the tool has, as its schema has them, and the names of the others. */
    static ToolCall of(Tool tool, ToolCall call) {
        return of(tool.inputSchema(), call);
    }

    /** Likewise, with the arguments that a schema has. */
    static ToolCall of(Map<String, Object> takes, ToolCall call) {
        Map<?, ?> properties = takes.get("properties") instanceof Map<?, ?> fields ? fields : Map.of();
        Collection<?> required = takes.get("required") instanceof Collection<?> names ? names : List.of();
        boolean exact = call.isOfReplica();
        Map<String, Object> known = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, Object> argument : call.arguments().entrySet()) {
            String name = argument.getKey();
            if (properties.get(name) instanceof Map<?, ?> schema) {
                Object value = value(schema, !required.contains(name), argument.getValue());
                if (value != null) {
                    known.put(name, exact ? value : inOneForm(name, value, call));
                }
            } else if (argument.getValue() != null) {
                UnknownArguments.refuseMisspelt(name, properties.keySet());
                unknown.add(name);
            }
        }
        return new ToolCall(known, call.meta(), call.caller(), call.progress(), call.person(), call.client(), unknown);
    }

    /** Null for what was not set. */
    private static @Nullable Object value(Map<?, ?> schema, boolean optional, @Nullable Object sent) {
        if (sent == null) {
            return null;
        }
        return switch (String.valueOf(schema.get("type"))) {
            case "string" -> text(sent, optional, isName(schema));
            case "integer" -> optional && isEmpty(sent) ? null : number(sent);
            case "boolean" -> optional && isEmpty(sent) ? null : truth(sent);
            case "object" -> optional && isEmpty(sent) ? null : object(sent);
            case "array" -> optional && (sent.equals("") || isEmptyArray(sent)) ? null : array(sent);
            default -> sent;
        };
    }

    /** A name is what memories are found and deleted by: zero or an empty list instead of one may be a mistake. */
    private static @Nullable Object text(Object sent, boolean optional, boolean isName) {
        boolean unset = sent instanceof String text ? text.isEmpty() : !isName && isEmpty(sent);
        return optional && unset ? null : sent;
    }

    private static Object number(Object sent) {
        return sent instanceof String text && WHOLE.matcher(text.strip()).matches() ? decimal(text) : sent;
    }

    private static BigDecimal decimal(String text) {
        return new BigDecimal(text.strip()).stripTrailingZeros();
    }

    private static Object truth(Object sent) {
        String word = sent instanceof String text ? text.strip().toLowerCase(Locale.ROOT) : "";
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            default -> sent;
        };
    }

    private static Object object(Object sent) {
        try {
            return sent instanceof String text ? Json.parseObject(text) : sent;
        } catch (JacksonException e) {
            return sent;
        }
    }

    /** A text that is no array stays: where texts are wanted it is one of them. */
    private static Object array(Object sent) {
        try {
            return sent instanceof String text && Json.parse(text) instanceof List<?> list ? list : sent;
        } catch (JacksonException e) {
            return sent;
        }
    }

    /** What clients send for an argument that nobody set. */
    private static boolean isEmpty(Object sent) {
        if (sent instanceof String text) {
            String word = text.strip();
            return word.isEmpty() || word.equals("0") || word.equals("null") || word.equals("{}");
        }
        return isZero(sent) || (sent instanceof Map<?, ?> object && object.isEmpty()) || isEmptyArray(sent);
    }

    private static boolean isEmptyArray(Object sent) {
        return sent instanceof Collection<?> array && array.isEmpty();
    }

    private static boolean isZero(Object sent) {
        return sent instanceof Number && new BigDecimal(sent.toString()).signum() == 0;
    }

    /** A caller who may see exactly the user whom he names means that one. */
    private static Object inOneForm(String name, Object value, ToolCall call) {
        boolean given = name.equals(AccessControl.USER_ID)
                && call.caller().isRestricted()
                && value instanceof String user
                && call.caller().users().contains(user);
        if (given || !(value instanceof String text)) {
            return value;
        }
        return switch (name) {
            case AccessControl.USER_ID -> Names.canonical(text);
            case SearchTool.KEY_PREFIX -> Names.canonicalPrefix(text);
            default -> value; // of a key the tools look for the other forms too
        };
    }

    private static boolean isName(Map<?, ?> schema) {
        return schema.containsKey("maxLength");
    }
}
