package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.Page;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a listing.
 *
 * @param page one entry per key, the newest; may have none though more follow, where much was passed over that is deleted
 * @param next the key behind which the listing goes on; null at its end
 * @param problems why backends were not heard, by name; empty when the answer is complete
 */
public record Listing(Page page, @Nullable String next, Map<String, String> problems) {}
