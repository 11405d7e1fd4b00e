package io.unifiedmemory.meaning;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether and by which model searches compare meanings. Immutable.
 *
 * @param enabled whether they do, if there is a model
 * @param folder of the add-on, which need not be there
 * @param server what is asked instead of the add-on; null when none is
 * @param patience how long a search waits for the meaning of its query
 */
public record MeaningOptions(
        boolean enabled, Path folder, @Nullable Server server, Duration patience) {

    /** Some twenty times as long as the add-on needs on a machine that is not busy. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofMillis(100);

    /**
     * A server that answers as OpenAI's does.
     *
     * @param url of the API, without {@code /embeddings}
     * @param model its name there
     * @param key null for a server that wants none
     */
    public record Server(URI url, String model, @Nullable String key) {

        /** Without the key. */
        @Override
        public String toString() {
            return model + " at " + url.getHost();
        }
    }
}
