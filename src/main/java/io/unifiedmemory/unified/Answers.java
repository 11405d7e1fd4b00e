package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What several backends said to one question, in the order of their priority.
 *
 * @param values the answers of those that gave one
 * @param failures why the others did not
 * @param gaps what else the answer as a whole may lack and why, by name
 */
record Answers<T>(Map<Slot, T> values, Map<Slot, BackendException> failures, Map<String, String> gaps) {

    Answers(Map<Slot, T> values, Map<Slot, BackendException> failures) {
        this(values, failures, new LinkedHashMap<>());
    }

    /** The failures and gaps as one line each, by name. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        failures.forEach((slot, failure) -> problems.put(slot.name(), failure.describe()));
        gaps.forEach(problems::putIfAbsent);
        return problems;
    }
}
