package io.unifiedmemory.memory;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one way in which JSON is read and written, so that numbers, key order and texts survive every trip unchanged:
 * fractions are kept as decimals, objects keep their order.
 */
public final class Json {

    /** The shared mapper; thread-safe. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final ObjectWriter SORTED = MAPPER.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

    private Json() {}

    /** Reads one JSON object; throws {@link JacksonException} for anything else. */
    public static Map<String, Object> parseObject(String text) throws JacksonException {
        return MAPPER.readValue(text, OBJECT);
    }

    /** Writes a value as compact JSON on one line, the fields of every object in the order of their names. */
    public static String writeSorted(Object value) throws JacksonException {
        return SORTED.writeValueAsString(value);
    }

    /** Writes a value as compact JSON on one line. */
    public static String write(Object value) throws JacksonException {
        return MAPPER.writeValueAsString(value);
    }
}
