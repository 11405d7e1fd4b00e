package io.unifiedmemory.tools;

import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.memory.util.Texts;

/**
 * A call that could not be done, for a reason that the client or its model can act on: the message names what was wrong
 * and what is accepted. Nothing was written when the kind is {@code REJECTED}.
 */
public final class ToolFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A message is cut, because it may quote an upstream. */
    private static final int MOST_CHARS = 2000;

    private final Kind kind;

    /** @param message names what was wrong and what is accepted */
    public ToolFailure(Kind kind, String message) {
        super(Texts.shortened(message, MOST_CHARS));
        this.kind = kind;
    }

    /** Whether the call was at fault ({@code REJECTED}) or the backends, and in which way. */
    public Kind kind() {
        return kind;
    }
}
