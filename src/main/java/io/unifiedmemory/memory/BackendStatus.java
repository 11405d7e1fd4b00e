package io.unifiedmemory.memory;

/**
 * Whether a backend works, as a value.
 *
 * @param up whether it answered just now
 * @param detail one line for a person: what it is and, when it is down, why and what to do
 */
public record BackendStatus(boolean up, String detail) {

    public BackendStatus {
        detail = Texts.oneLine(Texts.whole(detail));
    }
}
