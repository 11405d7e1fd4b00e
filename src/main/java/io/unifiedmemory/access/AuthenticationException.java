package io.unifiedmemory.access;

import org.jspecify.annotations.Nullable;

/** A token that does not let its bearer in. The message is for the bearer: it holds no part of the token. */
public final class AuthenticationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whose turn it is. */
    public enum Kind {
        /** The caller's: the token is unknown, expired, revoked or not meant for this server. */
        INVALID,
        /** The issuer's: the token is genuine, but grants nothing here. */
        INSUFFICIENT,
        /** The operator's: whether the token is good cannot be told at present. */
        UNAVAILABLE
    }

    private final Kind kind;

    AuthenticationException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    AuthenticationException(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }
}
