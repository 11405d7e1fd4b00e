package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Authenticator;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Lets in who bears a token, and tells OAuth clients where to get one. Thread-safe. */
final class TokenAccess implements AccessPolicy {

    private final AccessOptions options;
    private final BearerCheck check;
    private final LongSupplier nanoTime;
    private final Consumer<String> refused;

    TokenAccess(AccessOptions options, Authenticator authenticator, LongSupplier nanoTime, Consumer<String> refused) {
        this.options = options;
        this.nanoTime = nanoTime;
        this.refused = refused;
        check = new BearerCheck(authenticator);
    }

    @Override
    public Sender sender(List<String> authorizations) {
        return check.sender(authorizations);
    }

    /** Limits come second: they are those of the caller whom authentication has named. */
    @Override
    public List<Filter> filters(Set<String> open) {
        Set<String> all = new HashSet<>(open);
        if (options.jwt() != null) {
            all.add(ProtectedResourceMetadata.WELL_KNOWN);
        }
        return List.of(
                new AuthenticationFilter(options, all, new Refusals(nanoTime, refused)),
                new RateLimitFilter(options, nanoTime));
    }

    @Override
    public Map<String, Servlet> servlets() {
        return options.jwt() == null
                ? Map.of()
                : Map.of(ProtectedResourceMetadata.WELL_KNOWN + "/*", new ProtectedResourceMetadata(options));
    }
}
