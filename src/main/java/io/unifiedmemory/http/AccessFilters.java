package io.unifiedmemory.http;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Authenticator;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/** What stands in front of a server whose callers need tokens. */
public final class AccessFilters {

    private AccessFilters() {}

    /**
     * Puts authentication, then limits, in front of everything, and tells OAuth clients where to get a token.
     *
     * @param clock against which tokens expire
     * @param nanoTime a clock like {@link System#nanoTime}, for limits
     * @param open the paths of servlets that answer everybody
     */
    public static void install(
            HttpServer http, AccessOptions options, Clock clock, LongSupplier nanoTime, Set<String> open) {
        Set<String> all = new HashSet<>(open);
        if (options.jwt() != null) {
            all.add(ProtectedResourceMetadata.WELL_KNOWN);
            http.addServlet(ProtectedResourceMetadata.WELL_KNOWN + "/*", new ProtectedResourceMetadata(options));
        }
        BearerCheck check = new BearerCheck(Authenticator.of(options, clock));
        http.keepBodiesOf(check::knows);
        http.addFilter(new AuthenticationFilter(options, all));
        http.addFilter(new RateLimitFilter(options, nanoTime));
    }
}
