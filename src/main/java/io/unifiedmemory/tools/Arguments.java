package io.unifiedmemory.tools;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.memory.util.Json;
import io.unifiedmemory.memory.util.Texts;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reads the arguments of one call and checks each: a violation is a {@link ToolFailure} that names the field, the limit
 * and what came. Not thread-safe.
 */
final class Arguments {

    private static final int MAX_ZONE_BYTES = 100;

    private static final int SHOWN_CHARS = 40;

    private static final Pattern DURATION = Pattern.compile("0*([1-9][0-9]{0,5})\\s*([mhdw])");

    private final Map<String, Object> values;

    private final List<String> unknown;

    private Arguments(ToolCall call) {
        values = call.arguments();
        unknown = call.unknown();
    }

    static Arguments of(ToolCall call) {
        return new Arguments(call);
    }

    boolean has(String field) {
        return values.get(field) != null;
    }

    /** A user id or key, see {@link Names}. */
    String name(String field, int maxChars) {
        String name = string(field);
        refuse(field, Names.fault(name, maxChars));
        return name;
    }

    /** The forms of a user id or key, the canonical one first. */
    List<String> forms(String field, int maxChars) {
        String name = string(field);
        refuse(field, Names.fault(Names.canonical(name), maxChars));
        return Names.forms(name);
    }

    /** A text of at most {@code maxBytes} UTF-8 bytes; it may be empty. */
    String text(String field, int maxBytes) {
        String text = string(field);
        refuse(field, Names.unicodeFault(text));
        // No character takes more than 3 bytes per UTF-16 unit: most texts need no encoding to be measured.
        if (text.length() > maxBytes / 3) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                throw rejected(field + " must have at most " + maxBytes + " bytes in UTF-8, not " + bytes);
            }
        }
        return text;
    }

    /** A text as {@link #text}; null when absent. */
    @Nullable
    String optionalText(String field, int maxBytes) {
        return has(field) ? text(field, maxBytes) : null;
    }

    /** A whole number within bounds; {@code absent} when there is none. */
    int integer(String field, int minimum, int maximum, int absent) {
        return has(field) ? integer(field, minimum, maximum) : absent;
    }

    /** A whole number within bounds; as in JSON Schema, 5.0 is one. */
    int integer(String field, int minimum, int maximum) {
        Object value = required(field);
        BigDecimal number = value instanceof Number ? new BigDecimal(value.toString()) : null;
        if (number == null || number.stripTrailingZeros().scale() > 0) {
            throw wrongType(field, "a whole number from " + minimum + " to " + maximum, value);
        }
        if (number.compareTo(BigDecimal.valueOf(minimum)) < 0 || number.compareTo(BigDecimal.valueOf(maximum)) > 0) {
            throw rejected(field + " must be from " + minimum + " to " + maximum + ", not " + shown(value));
        }
        return number.intValue();
    }

    /** One of these texts, in whatever case; the first when absent. */
    String choice(String field, List<String> choices) {
        Object value = values.get(field);
        if (value == null) {
            return choices.get(0);
        }
        for (String choice : choices) {
            if (value instanceof String text && text.strip().equalsIgnoreCase(choice)) {
                return choice;
            }
        }
        throw wrongType(field, String.join(" or ", choices), value);
    }

    /** A moment, or a day of which the beginning or the end is meant; null when absent. */
    @Nullable
    Instant time(String field, Times.Day day) {
        if (!has(field)) {
            return null;
        }
        Instant time = values.get(field) instanceof String text ? Times.read(text, day) : null;
        if (time == null) {
            throw wrongType(
                    field,
                    "a time like 2026-01-31T18:30:00Z or a date like 2026-01-31 (UTC), of the years 1 to 9999",
                    required(field));
        }
        return time;
    }

    /** A time to come, as a number of minutes, hours, days or weeks such as "12h" or "7d"; null when absent. */
    @Nullable
    Duration duration(String field) {
        if (!has(field)) {
            return null;
        }
        Matcher matcher = DURATION.matcher(String.valueOf(values.get(field)).strip());
        if (!matcher.matches()) {
            throw wrongType(
                    field, "a number of minutes, hours, days or weeks like 30m, 12h, 7d or 4w", required(field));
        }
        int number = Integer.parseInt(matcher.group(1));
        return switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(7L * number);
        };
    }

    /** A time zone by name, such as "Europe/Berlin", or by offset, such as "+02:00"; null when absent. */
    @Nullable
    ZoneId zone(String field) {
        String zone = optionalText(field, MAX_ZONE_BYTES);
        try {
            return zone == null ? null : ZoneId.of(zone.strip());
        } catch (DateTimeException e) {
            throw wrongType(field, "a time zone such as Europe/Berlin, or an offset such as +02:00", required(field));
        }
    }

    /** True or false; false when absent. */
    boolean flag(String field) {
        Object value = values.get(field);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrongType(field, "true or false", value);
    }

    /** A JSON object of at most {@code maxBytes} as JSON text; empty when absent. */
    @SuppressWarnings("unchecked")
    Map<String, Object> object(String field, int maxBytes) {
        Object value = values.get(field);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map)) {
            throw wrongType(field, "a JSON object", value);
        }
        String json;
        try {
            json = Json.write(value);
        } catch (JacksonException e) {
            throw rejected(field + " cannot be written as JSON: " + e.getOriginalMessage());
        }
        refuse(field, Names.unicodeFault(json));
        int bytes = json.length() > maxBytes / 3 ? json.getBytes(StandardCharsets.UTF_8).length : json.length();
        if (bytes > maxBytes) {
            throw rejected(field + " must have at most " + maxBytes + " bytes as JSON, not " + bytes);
        }
        return (Map<String, Object>) value;
    }

    /** Texts of at most {@code maxBytes} in all, from an array or a single text; empty when absent. */
    List<String> texts(String field, int maxBytes) {
        Object value = values.get(field);
        if (value == null) {
            return List.of();
        }
        List<?> elements = value instanceof List<?> list ? list : List.of(value);
        List<String> texts = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof String text)) {
                throw wrongType(field, "an array of strings", value);
            }
            texts.add(text);
        }
        String joined = String.join("", texts);
        refuse(field, Names.unicodeFault(joined));
        if (joined.length() > maxBytes / 3) {
            throw rejected(field + " must have at most " + maxBytes / 3 + " characters in all, not " + joined.length());
        }
        return texts;
    }

    private String string(String field) {
        Object value = required(field);
        if (value instanceof String text) {
            return text;
        }
        throw wrongType(field, "a string", value);
    }

    private static void refuse(String field, @Nullable String fault) {
        if (fault != null) {
            throw rejected(field + " " + fault);
        }
    }

    private Object required(String field) {
        Object value = values.get(field);
        if (value == null) {
            throw rejected(field + " is required" + without(unknown));
        }
        return value;
    }

    /** Names the arguments that were ignored: the client may have meant one of them to be the missing one. */
    private static String without(List<String> unknown) {
        List<String> ignored = UnknownArguments.worthSaying(unknown);
        return ignored == null ? "" : "; unknown and ignored: " + String.join(", ", ignored);
    }

    static ToolFailure rejected(String message) {
        return new ToolFailure(Kind.REJECTED, message);
    }

    private static ToolFailure wrongType(String field, String expected, Object value) {
        String type = value instanceof String
                ? "the string"
                : value instanceof Map ? "the object" : value instanceof Iterable ? "the array" : "the value";
        return rejected(field + " must be " + expected + ", not " + type + " " + shown(value));
    }

    static String shown(Object value) {
        return Texts.shortened(Json.write(value), SHOWN_CHARS);
    }

    static String shortName(String name) {
        return Texts.shortened(name, SHOWN_CHARS);
    }
}
