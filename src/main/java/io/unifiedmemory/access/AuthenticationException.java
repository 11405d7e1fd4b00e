package io.unifiedmemory.access;

import org.jspecify.annotations.Nullable;

/** A token that was not accepted. The message is for the bearer: it holds no part of the token. */
public final class AuthenticationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Who can fix it. */
    public enum Kind {
        /** The caller: the token is unknown, expired, revoked or not meant for this server. */
        INVALID,
        /** The issuer: the token is genuine, but grants no access here. */
        INSUFFICIENT,
        /** The operator: the token cannot be verified at present. */
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
