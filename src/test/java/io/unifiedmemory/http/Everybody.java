package io.unifiedmemory.http;

import io.unifiedmemory.http.guard.AccessPolicy;
import io.unifiedmemory.http.guard.Sender;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lets in everybody for good, behind the given filters: for tests that are not about access. */
record Everybody(List<Filter> filters) implements AccessPolicy {

    Everybody(Filter... filters) {
        this(List.of(filters));
    }

    @Override
    public Sender sender(List<String> authorizations) {
        return new Sender.Anybody(() -> true);
    }

    @Override
    public List<Filter> filters(Set<String> open) {
        return filters;
    }

    @Override
    public Map<String, Servlet> servlets() {
        return Map.of();
    }
}
