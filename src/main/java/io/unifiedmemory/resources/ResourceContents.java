package io.unifiedmemory.resources;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a resource. Immutable.
 *
 * @param uri its address as it was asked for
 * @param text the whole text of the memory
 * @param metadata what was stored with it
 * @param createdAt when its key was first stored; null when that is not known
 * @param updatedAt when it was last stored; null likewise
 * @param source the backend that answered
 * @param complete false when a backend that might know better was not heard
 */
public record ResourceContents(
        String uri,
        String text,
        Map<String, Object> metadata,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt,
        String source,
        boolean complete) {}
