package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import org.jspecify.annotations.Nullable;

/** Observes every try of a backend call. Called on the thread of the try, so it must be quick; thread-safe. */
@FunctionalInterface
public interface BackendObserver {

    /** An observer that does nothing. */
    BackendObserver NONE = (backend, failure, nanos) -> {};

    /**
     * A try has ended.
     *
     * @param backend its name
     * @param failure why it failed; null when it did not
     * @param nanos how long it took
     */
    void ended(String backend, BackendException.@Nullable Kind failure, long nanos);
}
