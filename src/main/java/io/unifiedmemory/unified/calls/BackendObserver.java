package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import org.jspecify.annotations.Nullable;

/** Hears of every try to have a backend do something. Called on the thread of the try, so quick; thread-safe. */
@FunctionalInterface
public interface BackendObserver {

    /** Hears nothing. */
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
