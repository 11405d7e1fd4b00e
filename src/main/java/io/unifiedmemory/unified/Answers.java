package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What several backends said to one question, in the order of their priority.
 *
 * @param values the answers of those that gave one
 * @param failures why the others did not
 */
record Answers<T>(Map<Slot, T> values, Map<Slot, BackendException> failures) {

    /** The failures as one line each, by the backend's name. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        failures.forEach((slot, failure) -> problems.put(slot.name(), failure.describe()));
        return problems;
    }
}
