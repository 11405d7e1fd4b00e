package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException.Kind;
import java.util.Map;
import java.util.stream.Collectors;

/** Thrown when no backend could do what was asked. The message names each backend with its reason. */
public final class NoBackendException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public NoBackendException(String what, Kind kind, Map<String, String> problems) {
        super(
                problems.isEmpty()
                        ? "could not " + what + ": no backend is enabled; enable sqlite or an upstream"
                        : problems.entrySet().stream()
                                .map(problem -> problem.getKey() + ": " + problem.getValue())
                                .collect(Collectors.joining("; ", "could not " + what + ": ", "")));
        this.kind = kind;
    }

    /** The kind of the failure of the backend with the highest priority. */
    public Kind kind() {
        return kind;
    }
}
