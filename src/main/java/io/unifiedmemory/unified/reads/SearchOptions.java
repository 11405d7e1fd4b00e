package io.unifiedmemory.unified.reads;

import java.time.Duration;

/**
 * How a search treats slow backends.
 *
 * @param patience how long the search waits for other backends once the store of record has answered; 0 or more
 */
public record SearchOptions(Duration patience) {

    /** The options that apply unless the configuration says otherwise. */
    public static final SearchOptions DEFAULT = new SearchOptions(Duration.ofMillis(500));
}
