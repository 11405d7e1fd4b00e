package io.unifiedmemory.memory.spi;

import io.unifiedmemory.memory.KeyOrder;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
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
        return () -> new Walk(directory);
    }

    /** Goes through all users. For one thread. */
    final class Walk implements Iterator<String> {

        private static final int PAGE = 500;

        private final UserDirectory directory;
        private List<String> page;
        private int at;

        private Walk(UserDirectory directory) {
            this.directory = directory;
            this.page = directory.users(null, PAGE);
        }

        @Override
        public boolean hasNext() {
            if (at == page.size() && at == PAGE) {
                page = directory.users(page.get(PAGE - 1), PAGE);
                at = 0;
            }
            return at < page.size();
        }

        @Override
        public String next() {
            if (!hasNext()) {
                throw new NoSuchElementException("there are no more users");
            }
            return page.get(at++);
        }
    }
}
