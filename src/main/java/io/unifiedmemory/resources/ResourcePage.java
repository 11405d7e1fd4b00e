package io.unifiedmemory.resources;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of resources. Immutable.
 *
 * @param nextCursor asks for the next page; null at the end
 * @param complete false when a backend that might know more was not heard
 */
public record ResourcePage(
        List<Resource> resources, @Nullable String nextCursor, boolean complete) {

    public ResourcePage {
        resources = List.copyOf(resources);
    }
}
