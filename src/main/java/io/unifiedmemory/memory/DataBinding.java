package io.unifiedmemory.memory;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds the mapper of Java types. An interface, because its constant comes into being when it is first used, and not
 * already with the class {@link Json} that inherits it: that would be a third of the time that a start takes.
 */
interface DataBinding {

    /** The shared mapper between JSON and Java types; thread-safe. */
    JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
}
