package io.unifiedmemory.tools;

import io.unifiedmemory.memory.BackendException.Kind;
import java.util.Locale;

/** Is told of each call that has ended, on the thread of the call: it must be quick and thread-safe. */
@FunctionalInterface
public interface CallObserver {

    /** The call was done, and every backend that was to take part did. */
    String OK = "ok";

    /** The call was done, but not every backend took part. */
    String INCOMPLETE = "incomplete";

    /** The client cancelled the call. */
    String CANCELLED = "cancelled";

    /** The call was not done: a person is to be asked first. */
    String ASKED = "asked";

    /** The call failed in a way that nobody expected. */
    String BROKEN = "broken";

    /**
     * A call has ended.
     *
     * @param tool the name of a tool that exists
     * @param outcome one of the constants here, or a {@link Kind} in small letters
     * @param nanos how long it took
     */
    void onToolCall(String tool, String outcome, long nanos);

    /** The outcome of a call that gave a result. */
    static String of(ToolResult result) {
        return Boolean.FALSE.equals(result.structured().get("complete")) ? INCOMPLETE : OK;
    }

    /** The outcome of a call that failed. */
    static String of(Kind failure) {
        return failure.name().toLowerCase(Locale.ROOT);
    }
}
