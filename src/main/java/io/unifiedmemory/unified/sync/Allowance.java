package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.Page;
import io.unifiedmemory.unified.calls.BackendHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits how many memories a backend may bring in one comparison: a backend that invents memories without end must not
 * fill the disk here. Used by one thread.
 */
final class Allowance {

    private static final Logger LOG = LoggerFactory.getLogger(Allowance.class);

    private final BackendHandle handle;
    private long brought;
    private boolean told;

    Allowance(BackendHandle handle) {
        this.handle = handle;
    }

    /**
     * Counts a page that the backend listed.
     *
     * @throws BackendException when the limit is exceeded; nothing of the page has been stored then
     */
    void take(Page page) {
        brought += page.entries().size() + (long) page.refused().size();
        if (brought > handle.options().maxMemories()) {
            BackendException excess = new BackendException(
                    Kind.BROKEN,
                    "it lists more than " + handle.options().maxMemories() + " memories, and the rest is not compared",
                    "if it holds so many, raise upstreams." + handle.name() + ".maxMemories");
            LOG.warn("{}: {}", handle.name(), excess.describe());
            throw excess;
        }
        String problem = page.problem();
        if (problem != null && !told) {
            told = true;
            LOG.warn("{} is compared without what cannot be right: {}", handle.name(), problem);
        }
    }
}
