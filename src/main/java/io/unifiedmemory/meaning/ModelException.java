package io.unifiedmemory.meaning;

/** A model that cannot be loaded or does not answer. The message says why, and what to do about it. */
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
