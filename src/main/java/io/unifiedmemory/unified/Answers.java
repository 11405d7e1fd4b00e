package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What several backends said to one question, in the order of their priority.
 *
 * @param values the answers of those that gave one
 * @param failures why the others did not
 */
record Answers<T>(Map<Slot, T> values, Map<Slot, BackendException> failures) {

    /** The same answers in another form; what is wrong with one of them stands among the failures, beside its value. */
    <U> Answers<U> with(Function<T, U> form, Function<T, @Nullable String> problem) {
        Map<Slot, U> formed = new LinkedHashMap<>();
        Map<Slot, BackendException> failed = new LinkedHashMap<>(failures);
        values.forEach((slot, value) -> {
            formed.put(slot, form.apply(value));
            String wrong = problem.apply(value);
            if (wrong != null) {
                failed.put(slot, new BackendException(BackendException.Kind.BROKEN, wrong, ""));
            }
        });
        return new Answers<>(formed, failed);
    }

    /** The failures as one line each, by the backend's name. */
    Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        failures.forEach((slot, failure) -> problems.put(slot.name(), failure.describe()));
        return problems;
    }
}
