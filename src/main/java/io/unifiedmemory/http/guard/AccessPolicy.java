package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AccessOptions;
import io.unifiedmemory.access.Authenticator;
import io.unifiedmemory.access.Authenticators;
import io.unifiedmemory.access.Tokens;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Whom a server lets in. Thread-safe. */
public interface AccessPolicy {

    /**
     * Only callers with a token are let in, each to its share of the server; OAuth clients are told where to get a
     * token.
     *
     * @param kept the tokens that are accepted
     * @param clock against which access tokens of an issuer expire
     * @param nanoTime a clock like {@link System#nanoTime}, for limits
     * @param refused hears of each token that was refused, in one word why
     */
    static AccessPolicy tokens(
            AccessOptions options, Tokens kept, Clock clock, LongSupplier nanoTime, Consumer<String> refused) {
        return new TokenAccess(options, Authenticators.of(options, kept, clock), nanoTime, refused);
    }

    /**
     * Only who shows what this authenticator accepts is let in, to all of the server.
     *
     * @param refused hears of each that was refused, in one word why
     */
    static AccessPolicy only(Authenticator authenticator, LongSupplier nanoTime, Consumer<String> refused) {
        AccessOptions unlimited = new AccessOptions(null, true, null, null, 0, 0, 0);
        return new TokenAccess(unlimited, authenticator, nanoTime, refused);
    }

    /**
     * Everybody is let in until tokens are made. From a second after that on nobody is: nobody has decided who may see what.
     *
     * @param nanoTime a clock like {@link System#nanoTime}
     */
    static AccessPolicy openUntilTokens(Tokens tokens, LongSupplier nanoTime) {
        return new OpenAccess(tokens, nanoTime);
    }

    /**
     * Who sent a request. Asked once for each request, before its body is read.
     *
     * @param authorizations the values of its headers {@code Authorization}
     */
    Sender sender(List<String> authorizations);

    /**
     * What stands in front of every path, the first first.
     *
     * @param open the paths that answer everybody, as they are known to the servlet container
     */
    List<Filter> filters(Set<String> open);

    /** What answers at paths of the policy's own. */
    Map<String, Servlet> servlets();
}
