package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of several backends to one question, in the order of priority.
 *
 * @param values the answers of the backends that gave one
 * @param failures why the others gave none
 * @param gaps what else the answer as a whole may lack and why, by name
 */
public record Answers<T>(
        Map<BackendHandle, T> values, Map<BackendHandle, BackendException> failures, Map<String, String> gaps) {

    public Answers(Map<BackendHandle, T> values, Map<BackendHandle, BackendException> failures) {
        this(values, failures, new LinkedHashMap<>());
    }

    /** The same answers in another form. A problem of one answer becomes a gap under the name of its backend. */
    public <U> Answers<U> with(Function<T, U> form, Function<T, @Nullable String> problem) {
        Map<BackendHandle, U> formed = new LinkedHashMap<>();
        Map<String, String> lacking = new LinkedHashMap<>(gaps);
        values.forEach((handle, value) -> {
            formed.put(handle, form.apply(value));
            String wrong = problem.apply(value);
            if (wrong != null) {
                lacking.put(handle.name(), wrong);
            }
        });
        return new Answers<>(formed, failures, lacking);
    }

    /** The failures and gaps as one line each, by name. */
    public Map<String, String> problems() {
        Map<String, String> problems = new LinkedHashMap<>();
        failures.forEach((handle, failure) -> problems.put(handle.name(), failure.describe()));
        gaps.forEach(problems::putIfAbsent);
        return problems;
    }
}
