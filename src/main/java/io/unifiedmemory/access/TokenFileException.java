package io.unifiedmemory.access;

import org.jspecify.annotations.Nullable;

/** A token file that cannot be used. The message is one line with a remedy, and names the file. */
public final class TokenFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TokenFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
