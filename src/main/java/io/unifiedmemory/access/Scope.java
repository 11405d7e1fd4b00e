package io.unifiedmemory.access;

import java.util.Arrays;
import java.util.Optional;

/** What a caller may do with the memories that it may see. */
public enum Scope {
    READ("read"),
    READ_WRITE("read-write");

    private final String text;

    Scope(String text) {
        this.text = text;
    }

    /** The word in files, options and messages. */
    public String text() {
        return text;
    }

    static Optional<Scope> of(String text) {
        return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
    }
}
