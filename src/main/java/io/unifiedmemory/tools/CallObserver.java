package io.unifiedmemory.tools;

import io.unifiedmemory.memory.BackendException.Kind;
import java.util.Locale;

/** Hears of calls that have ended. Called on the thread of the call, so it must be quick; thread-safe. */
@FunctionalInterface
public interface CallObserver {

    /** All backends that were to take part did. */
    String OK = "ok";

    /** It was done, but not every backend took part. */
    String INCOMPLETE = "incomplete";

    /** The client did not want it any more. */
    String CANCELLED = "cancelled";

    /** An unexpected failure. */
    String BROKEN = "broken";

    /**
     * A call has ended.
     *
     * @param tool one that there is
     * @param outcome one of the constants here, or a {@link Kind} in small letters
     * @param nanos how long it took
     */
    void ended(String tool, String outcome, long nanos);

    /** The outcome of a call that gave a result. */
    static String of(ToolResult result) {
        return Boolean.FALSE.equals(result.structured().get("complete")) ? INCOMPLETE : OK;
    }

    /** The outcome of a call that failed. */
    static String of(Kind failure) {
        return failure.name().toLowerCase(Locale.ROOT);
    }
}
