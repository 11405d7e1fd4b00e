package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.Lookup;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a retrieve.
 *
 * @param lookup what is known of the key
 * @param source the backend that gave it; null when the key was not found
 * @param problems why backends that were asked first, or might have known the key, could not be reached, by name; empty
 *     when the answer is complete
 */
public record Retrieval(Lookup lookup, @Nullable String source, Map<String, String> problems) {}
