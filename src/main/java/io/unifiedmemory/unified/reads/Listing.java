package io.unifiedmemory.unified.reads;

import io.unifiedmemory.memory.Page;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a listing.
 *
 * @param page one entry per key, the newest; may be empty although more follow, when many deleted memories were passed
 *     over
 * @param next the key behind which the listing continues; null at its end
 * @param sources of the entries that are in a server that is only searched: its name, by key
 * @param problems why backends could not be reached, by name; empty when the answer is complete
 */
public record Listing(Page page, @Nullable String next, Map<String, String> sources, Map<String, String> problems) {}
