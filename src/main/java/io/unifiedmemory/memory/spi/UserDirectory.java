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
}
