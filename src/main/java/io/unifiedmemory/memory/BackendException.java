package io.unifiedmemory.memory;

import io.unifiedmemory.memory.util.Texts;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a backend fails. The message says what happened, the hint says what a person can do about it.
 */
public final class BackendException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * The bound on a message: messages contain other programs' text, and are copied into replies, the outbox and logs.
     */
    private static final int MOST_CHARS = 2000;

    /** Why a backend failed. The kind decides whether another try makes sense. */
    public enum Kind {
        /** The backend cannot be reached at present. */
        UNAVAILABLE(true),
        /** The backend did not answer in time; whether the call took effect is unknown. */
        TIMED_OUT(true),
        /**
         * The backend cannot work until a person changes its entry in the configuration, or what the entry refers to.
         */
        MISCONFIGURED(false),
        /** The backend is busy. */
        OVERLOADED(true),
        /** The backend will never take this request. */
        REJECTED(false),
        /** The backend does not support this operation. */
        UNSUPPORTED(false),
        /** The backend's replies make no sense, or its data are damaged. */
        BROKEN(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether the same call may succeed later. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Kind kind;
    private final String hint;

    /**
     * Creates a failure.
     *
     * @param kind why the call failed
     * @param message what happened, one line; a very long one is cut, a control character is written as its number, and
     *     half a character becomes U+FFFD
     * @param hint what a person can do, one line; empty when there is nothing to do
     * @param cause the underlying failure, if there is one
     */
    public BackendException(Kind kind, String message, String hint, @Nullable Throwable cause) {
        super(Texts.shortened(Texts.oneLine(Texts.whole(message)), MOST_CHARS), cause);
        this.kind = kind;
        this.hint = hint;
    }

    public BackendException(Kind kind, String message, String hint) {
        this(kind, message, hint, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Returns what a person can do about the failure, in one line; empty when there is nothing to do. */
    public String hint() {
        return hint;
    }

    /** Message and hint in one line. A configuration error is called one, so that nobody waits for it to pass. */
    public String describe() {
        String what = (kind == Kind.MISCONFIGURED ? "cannot work as it is configured: " : "") + getMessage();
        return hint.isEmpty() ? what : what + " (" + hint + ")";
    }
}
