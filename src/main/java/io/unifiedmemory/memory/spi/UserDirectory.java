package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.KeyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The users of a place that keeps memories. Thread-safe. */
public interface UserDirectory {

    /**
     * The users who have a memory or a remembered delete, in the order of {@link KeyOrder}.
     *
     * @param after only users behind this one; null from the start
     * @param limit how many at most, 1 or more
     */
    List<String> users(@Nullable String after, int limit);

    /**
     * Every user, in that order, asked for page by page: whoever comes meanwhile may be missing, nobody is named twice.
     * It is no method of the instance, so that a directory across a network is asked with a deadline for each page.
     */
    static Iterable<String> all(UserDirectory directory) {
        return () -> new EveryUser(directory);
    }
}
