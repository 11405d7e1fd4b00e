package io.unifiedmemory.access;

import org.jspecify.annotations.Nullable;

/** Tokens that cannot be read or changed as wanted. The message is one line with a remedy, and names the file if there is one. */
public final class TokensException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokensException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
