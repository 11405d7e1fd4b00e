package io.unifiedmemory.unified.reads;

import java.time.Duration;

/**
 * How long is looked for what could also be left out.
 *
 * @param patience how long a search waits for other backends once the store of record has answered; 0 or more
 * @param similar how long a store may look for nearly the same text under other keys; zero for not at all
 */
public record SearchOptions(Duration patience, Duration similar) {

    /** The options that apply unless the configuration says otherwise. */
    public static final SearchOptions DEFAULT = new SearchOptions(Duration.ofMillis(500), Duration.ofMillis(2));
}
