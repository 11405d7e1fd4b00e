package io.unifiedmemory.mcp.stateless;

import java.time.Duration;
import java.util.Locale;

/** Who may be given a copy of a result. */
public enum CacheScope {
    /** Everybody: it is the same for all callers. */
    PUBLIC,
    /** Nobody but the caller, with the same token. */
    PRIVATE;

    /** How long what changes only with the server's version or configuration is taken to hold. */
    public static final Duration UNCHANGING = Duration.ofHours(1);

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
