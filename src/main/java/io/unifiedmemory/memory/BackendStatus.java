package io.unifiedmemory.memory;

import io.unifiedmemory.memory.util.Texts;

/**
 * Whether a backend works, as a value.
 *
 * @param up whether it answered just now
 * @param detail one line for a person: what it is and, when it is down, why and what to do
 * @param misconfigured whether it cannot work until a person changes its configuration
 */
public record BackendStatus(boolean up, String detail, boolean misconfigured) {

    /** A status of a backend that works, or that may work again without a change of its configuration. */
    public BackendStatus(boolean up, String detail) {
        this(up, detail, false);
    }

    /** The status of a backend that does not work. */
    public static BackendStatus down(BackendException failure) {
        return new BackendStatus(false, failure.describe(), failure.kind() == BackendException.Kind.MISCONFIGURED);
    }

    public BackendStatus {
        detail = Texts.oneLine(Texts.whole(detail));
    }
}
