package io.unifiedmemory.memory;

import io.unifiedmemory.memory.util.Texts;
import org.jspecify.annotations.Nullable;

/** The one way in which a backend fails. Its message says what happened, its hint what a person can do about it. */
public final class BackendException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Other programs' words stand in messages, which stand in replies, in the outbox and in logs. */
    private static final int MOST_CHARS = 2000;

    /** Why a backend failed: decides whether another try makes sense. */
    public enum Kind {
        /** It cannot be reached at present. */
        UNAVAILABLE(true),
        /** It did not answer in time; whether the call took effect is unknown. */
        TIMED_OUT(true),
        /** It cannot work until a person changes its entry in the configuration, or what that names. */
        MISCONFIGURED(false),
        /** It is busy. */
        OVERLOADED(true),
        /** It will never take this request. */
        REJECTED(false),
        /** It cannot do this at all. */
        UNSUPPORTED(false),
        /** It answers nonsense, or its data are damaged. */
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
     * @param kind why
     * @param message what happened, one line; a very long one is cut, a control character is written
     *     as its number, and half a character becomes U+FFFD
     * @param hint what a person can do, one line; empty when there is nothing to do
     * @param cause what lies behind, if anything
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

    /** What a person can do about it, one line; empty when there is nothing. */
    public String hint() {
        return hint;
    }

    /** Message and hint in one line; a fault of the configuration is called that, so that nobody waits for its end. */
    public String describe() {
        String what = (kind == Kind.MISCONFIGURED ? "cannot work as it is configured: " : "") + getMessage();
        return hint.isEmpty() ? what : what + " (" + hint + ")";
    }
}
