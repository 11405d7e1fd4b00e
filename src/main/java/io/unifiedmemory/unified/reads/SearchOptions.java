package io.unifiedmemory.unified.reads;

import java.time.Duration;

/**
 * How a search treats backends that are slow.
 *
 * @param patience how long it waits for the other backends once the local database has answered; 0 or more
 */
public record SearchOptions(Duration patience) {

    /** What holds unless the configuration says otherwise. */
    public static final SearchOptions DEFAULT = new SearchOptions(Duration.ofMillis(500));
}
