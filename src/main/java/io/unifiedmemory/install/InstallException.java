package io.unifiedmemory.install;

/** A client's configuration that cannot be read, understood or written; it is as it was. The message is one line. */
public final class InstallException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InstallException(String message) {
        super(message);
    }

    InstallException(String message, Throwable cause) {
        super(message, cause);
    }
}
