package io.unifiedmemory.transfer.format;

import io.unifiedmemory.memory.util.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;

/**
 * One JSON document, read element by element: the elements of an array at its root, or of the arrays in the fields of an
 * object at its root, and the other fields of that object. Stateless.
 */
final class JsonElements {

    /** Characters and values of one element: a larger one is passed over. */
    private static final long MOST_IN_ELEMENT = 32L * 1024 * 1024;

    /** What a value counts beside its characters: about what it takes in memory. */
    private static final int VALUE = 64;

    /** Hears of elements. */
    interface Listener {

        /**
         * An element.
         *
         * @param field the field of the root that it is in; empty where the root is an array
         * @param place where it is, for a person
         */
        void element(String field, String place, @Nullable Object value) throws IOException;

        /** Something that cannot be read. */
        void fault(String place, String reason);
    }

    private JsonElements() {}

    static void read(Source source, Listener listener) throws IOException {
        read(source, listener, JsonElements::root);
    }

    /** Reads a document that is one element by itself, whose field is empty. */
    static void readWhole(Source source, Listener listener) throws IOException {
        read(source, listener, (parser, heard) -> {
            parser.nextToken();
            element(parser, "", "the document", heard);
            requireEnd(parser, heard);
        });
    }

    @FunctionalInterface
    private interface Document {
        void read(JsonParser parser, Listener listener) throws IOException;
    }

    private static void read(Source source, Listener listener, Document document) throws IOException {
        try (InputStream in = new BufferedInputStream(Utf8.open(source), 1 << 16);
                JsonParser parser = Json.parser(in)) {
            try {
                document.read(parser, listener);
            } catch (JacksonIOException e) {
                throw e.getCause(); // it was the file that failed, not what is in it
            } catch (JacksonException e) {
                listener.fault(
                        "line " + parser.currentLocation().getLineNr(),
                        "is not JSON, and nothing behind it was read: " + e.getOriginalMessage());
            }
        }
    }

    private static void root(JsonParser parser, Listener listener) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_ARRAY) {
            array(parser, "", listener);
        } else if (first == JsonToken.START_OBJECT) {
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                if (parser.nextToken() == JsonToken.START_ARRAY) {
                    array(parser, name, listener);
                } else {
                    element(parser, name, name, listener);
                }
            }
        }
        requireEnd(parser, listener);
    }

    private static void requireEnd(JsonParser parser, Listener listener) {
        if (parser.nextToken() != null) {
            listener.fault("line " + parser.currentLocation().getLineNr(), "stands behind the end of the document");
        }
    }

    private static void array(JsonParser parser, String field, Listener listener) throws IOException {
        for (long number = 1; parser.nextToken() != JsonToken.END_ARRAY; number++) {
            String place = (field.isEmpty() ? "" : field + ", ") + "element " + number + " (line "
                    + parser.currentTokenLocation().getLineNr() + ")";
            element(parser, field, place, listener);
        }
    }

    private static void element(JsonParser parser, String field, String place, Listener listener) throws IOException {
        Budget budget = new Budget();
        Object value = value(parser, budget);
        if (budget.left < 0) {
            listener.fault(
                    place,
                    "is larger than " + MOST_IN_ELEMENT / 1024 / 1024 + " MiB, as no memory is, and was passed over");
        } else if (budget.twice != null) {
            listener.fault(place, "names the field \"" + budget.twice + "\" twice");
        } else {
            listener.element(field, place, value);
        }
    }

    /** What an element may still hold; what exceeds it is read and dropped. */
    private static final class Budget {
        private long left = MOST_IN_ELEMENT;
        /** A field that an object names twice: one of its two values would be lost. */
        private @Nullable String twice;

        boolean takes(long size) {
            left -= size;
            return left >= 0;
        }
    }

    private static @Nullable Object value(JsonParser parser, Budget budget) {
        if (!budget.takes(VALUE)) {
            parser.skipChildren();
            return null;
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, budget);
            case START_ARRAY -> array(parser, budget);
            case VALUE_STRING -> budget.takes(parser.getStringLength()) ? parser.getString() : null;
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Object number(JsonParser parser) {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException | ArithmeticException e) {
            return parser.getString(); // out of every range, so no number to anybody
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser, Budget budget) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            Object value = value(parser, budget);
            if (budget.takes(name.length())) {
                budget.twice = object.containsKey(name) ? name : budget.twice;
                object.put(name, value);
            }
        }
        return object;
    }

    private static List<@Nullable Object> array(JsonParser parser, Budget budget) {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Object value = value(parser, budget);
            if (budget.left >= 0) {
                array.add(value);
            }
        }
        return array;
    }
}
