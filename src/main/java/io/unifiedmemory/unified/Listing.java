package io.unifiedmemory.unified;

import io.unifiedmemory.memory.Page;
import java.util.Map;

/**
 * The answer to a listing.
 *
 * @param page one entry per key, the newest
 * @param problems why backends were not heard, by name; empty when the answer is complete
 */
public record Listing(Page page, Map<String, String> problems) {}
