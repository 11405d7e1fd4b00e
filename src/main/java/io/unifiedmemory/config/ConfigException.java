package io.unifiedmemory.config;

/**
 * A configuration that cannot be used. The message is one line: the option, what is accepted, and the file, variable or
 * flag it came from.
 */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
        super(message);
    }
}
