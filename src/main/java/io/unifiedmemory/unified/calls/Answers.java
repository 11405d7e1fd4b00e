package io.unifiedmemory.unified.calls;

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
 * @param gaps what else the answer as a whole may lack and why, by name
 */
public record Answers<T>(
        Map<BackendHandle, T> values, Map<BackendHandle, BackendException> failures, Map<String, String> gaps) {

    public Answers(Map<BackendHandle, T> values, Map<BackendHandle, BackendException> failures) {
        this(values, failures, new LinkedHashMap<>());
    }

    /** The same answers in another form; what is wrong with one of them is a gap in its backend's name. */
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
