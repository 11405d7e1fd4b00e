package io.unifiedmemory.upstream.contract;

import io.unifiedmemory.memory.BackendException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The tools of a connected server. Thread-safe. */
public interface Tools {

    /**
     * Sends a call without waiting for its answer.
     *
     * @param meta the {@code _meta} of the request, may be empty
     * @throws BackendException when it cannot be sent
     */
    Call send(String tool, Map<String, Object> arguments, Map<String, Object> meta);

    /** Sends a call and waits for its answer, see {@link Call#await}. */
    default ToolReply call(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        return send(tool, arguments, meta).await();
    }

    /** The arguments that the server says a tool takes; none when there is no such tool. Does no I/O. */
    default Set<String> argumentsOf(String tool) {
        return Set.of();
    }

    /**
     * The largest number that the server accepts for a tool's argument, according to its schema. Does no I/O.
     *
     * @param absent the result when the schema gives no maximum
     */
    default int maximumOf(String tool, String argument, int absent) {
        return absent;
    }

    /** A call that has been sent. */
    interface Call {

        /**
         * Waits for the answer.
         *
         * @throws BackendException when there is none: of kind {@code TIMED_OUT} when the time has run out or the
         *     thread is interrupted (whose status stays set), {@code UNAVAILABLE} when the server is gone
         */
        ToolReply await();

        /** Completes when the server has answered, even after {@link #await} gave up, or can no longer answer. */
        CompletionStage<?> answered();
    }
}
