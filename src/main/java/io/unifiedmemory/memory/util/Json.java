package io.unifiedmemory.memory.util;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/**
 * The one way in which JSON is read and written, so that numbers, key order and texts survive every trip unchanged:
 * fractions are kept as decimals, objects keep their order. Maps, lists, texts, numbers and truth values go straight to
 * the parser and the generator; other Java types through {@link #mapper}. Thread-safe.
 */
public final class Json {

    /**
     * How many values, names, starts and ends of objects and arrays a message may consist of. The largest metadata has
     * half as many; each may use fifty times as much memory as its text has bytes.
     */
    public static final int MAX_MESSAGE_TOKENS = 100_000;

    /** Control characters that JSON escapes with a letter; the others are escaped with their number. */
    private static final String SHORT_ESCAPES = "\b\t\n\f\r";

    private static final int LONG_ESCAPE = "\\u0000".length() - 1;

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final JsonFactory FOR_MESSAGES = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(MAX_MESSAGE_TOKENS)
                    .build())
            .build();

    private Json() {}

    /** The shared mapper between JSON and Java types; thread-safe. */
    public static JsonMapper mapper() {
        return Mapper.INSTANCE;
    }

    /**
     * Created on first use: creating the mapper would be a third of the start-up time, and a start does not need it.
     */
    private static final class Mapper {
        private static final JsonMapper INSTANCE = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /** Reads one JSON object; throws {@link JacksonException} for anything else. */
    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    public static Map<String, Object> parseObject(String text) throws JacksonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (read(parser) instanceof Map<?, ?> object) {
                return (Map<String, Object>) object;
            }
            throw new StreamReadException(parser, "a JSON object is needed");
        }
    }

    /** Reads one JSON value of any kind; throws {@link JacksonException} for anything else. */
    public static @Nullable Object parse(String text) throws JacksonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return read(parser);
        }
    }

    /**
     * As {@link #parseObject}, but with comments and trailing commas, as editors and clients let people write settings.
     */
    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    public static Map<String, Object> parseSettings(String text) throws JacksonException {
        JsonFactory lenient = JsonFactory.builder()
                .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try (JsonParser parser = lenient.createParser(ObjectReadContext.empty(), text)) {
            if (read(parser) instanceof Map<?, ?> object) {
                return (Map<String, Object>) object;
            }
            throw new StreamReadException(parser, "a JSON object is needed");
        }
    }

    /** As {@link #parseObject}, but refuses an object that names a field twice: one of the two would be lost. */
    @SuppressWarnings("unchecked") // A parsed JSON object has text keys.
    public static Map<String, Object> parseUnambiguous(String text) throws JacksonException {
        try (JsonParser parser = Unambiguous.FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (read(parser) instanceof Map<?, ?> object) {
                return (Map<String, Object>) object;
            }
            throw new StreamReadException(parser, "a JSON object is needed");
        }
    }

    /**
     * Reads one JSON value in UTF-8 from a stream, part by part, in bounded memory: so it does not notice an object that names
     * a field twice.
     */
    public static JsonParser parser(InputStream utf8) throws JacksonException {
        return Parts.FACTORY.createParser(ObjectReadContext.empty(), utf8);
    }

    /** Made when somebody reads a file of somebody else. */
    private static final class Unambiguous {
        private static final JsonFactory FACTORY = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    /** Likewise. */
    private static final class Parts {
        private static final int LONGEST_TEXT = 32 * 1024 * 1024;

        private static final JsonFactory FACTORY = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(LONGEST_TEXT)
                        .build())
                .build();
    }

    /**
     * Reads one JSON value in UTF-8 from an untrusted sender. Throws {@link JacksonException} for anything else, and
     * for a value with too many parts, before the value takes much memory.
     */
    public static @Nullable Object parseMessage(byte[] utf8) throws JacksonException {
        try (JsonParser parser = FOR_MESSAGES.createParser(ObjectReadContext.empty(), utf8)) {
            return read(parser);
        }
    }

    /** The same for characters, which may include unpaired surrogates. */
    public static @Nullable Object parseMessage(String text) throws JacksonException {
        try (JsonParser parser = FOR_MESSAGES.createParser(ObjectReadContext.empty(), text)) {
            return read(parser);
        }
    }

    private static @Nullable Object read(JsonParser parser) {
        if (parser.nextToken() == null) {
            throw new StreamReadException(parser, "there is nothing but white space");
        }
        Object value = value(parser);
        if (parser.nextToken() != null) {
            throw new StreamReadException(parser, "something follows the end of the value");
        }
        return value;
    }

    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> decimal(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new StreamReadException(parser, "unexpected " + parser.currentToken());
        };
    }

    /** The parser accepts any exponent; a decimal has 32 bits for it, and throws exceptions of its own beyond that. */
    private static BigDecimal decimal(JsonParser parser) {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new StreamReadException(parser, "a number is out of range");
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            object.put(name, value(parser));
        }
        return object;
    }

    private static List<@Nullable Object> array(JsonParser parser) {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    /** Writes a value as compact JSON on one line, the fields of every object in the order of their names. */
    public static String writeSorted(Object value) throws JacksonException {
        return mapper().writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).writeValueAsString(value);
    }

    /** Writes a value as compact JSON on one line. */
    public static String write(@Nullable Object value) throws JacksonException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(value, generator, UnaryOperator.identity());
        }
        return text.toString();
    }

    /**
     * The number of characters that {@link #write(Object)} makes of a value; texts, maps and lists are only counted.
     */
    public static long length(@Nullable Object value) throws JacksonException {
        if (value instanceof String text) {
            return length(text);
        }
        if (value instanceof Map<?, ?> object) {
            long length = Math.max(2, 1 + 2L * object.size());
            for (Map.Entry<?, ?> member : object.entrySet()) {
                length += length(String.valueOf(member.getKey())) + length(member.getValue());
            }
            return length;
        }
        if (value instanceof Collection<?> array) {
            long length = Math.max(2, 1L + array.size());
            for (Object element : array) {
                length += length(element);
            }
            return length;
        }
        return write(value).length();
    }

    private static long length(String text) {
        long length = 2L + text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                length++;
            } else if (c < ' ') {
                length += SHORT_ESCAPES.indexOf(c) >= 0 ? 1 : LONG_ESCAPE;
            }
        }
        return length;
    }

    /**
     * Writes a value as compact JSON on one line, in UTF-8. An unpaired surrogate, which has no bytes, becomes U+FFFD,
     * so that no text can make a message unwritable.
     */
    public static byte[] writeBytes(@Nullable Object value) throws JacksonException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(value, generator, Texts::whole);
        }
        return bytes.toByteArray();
    }

    /** @param texts what is written of each text and name */
    private static void write(@Nullable Object value, JsonGenerator generator, UnaryOperator<String> texts) {
        if (value instanceof String text) {
            generator.writeString(texts.apply(text));
        } else if (value instanceof Map<?, ?> object) {
            generator.writeStartObject();
            object.forEach((name, member) -> {
                generator.writeName(texts.apply(String.valueOf(name)));
                write(member, generator, texts);
            });
            generator.writeEndObject();
        } else if (value instanceof Collection<?> array) {
            generator.writeStartArray();
            array.forEach(element -> write(element, generator, texts));
            generator.writeEndArray();
        } else if (value instanceof Number number) {
            write(number, generator);
        } else if (value instanceof Boolean truth) {
            generator.writeBoolean(truth);
        } else if (value == null) {
            generator.writeNull();
        } else if (value instanceof RawValue raw && raw.rawValue() instanceof String json) {
            generator.writeRawValue(texts.apply(json));
        } else {
            generator.writeRawValue(texts.apply(mapper().writeValueAsString(value)));
        }
    }

    private static void write(Number number, JsonGenerator generator) {
        if (number instanceof Integer || number instanceof Long) {
            generator.writeNumber(number.longValue());
        } else if (number instanceof BigDecimal decimal) {
            generator.writeNumber(decimal);
        } else if (number instanceof BigInteger integer) {
            generator.writeNumber(integer);
        } else if (number instanceof Double fraction && Double.isFinite(fraction)) {
            generator.writeNumber(fraction);
        } else {
            generator.writeRawValue(mapper().writeValueAsString(number));
        }
    }
}
