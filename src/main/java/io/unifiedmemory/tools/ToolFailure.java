package io.unifiedmemory.tools;

import io.unifiedmemory.memory.BackendException.Kind;

/**
 * A call that could not be done, for a reason that the client or its model can act on: the message names what was wrong
 * and what is accepted. Nothing was written when the kind is {@code REJECTED}.
 */
public final class ToolFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    ToolFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Whether it was the call ({@code REJECTED}) or the backends, and how. */
    public Kind kind() {
        return kind;
    }
}
