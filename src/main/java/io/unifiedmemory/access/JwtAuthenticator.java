package io.unifiedmemory.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.JWTProcessor;
import io.unifiedmemory.access.AuthenticationException.Kind;
import java.net.MalformedURLException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the bearers of access tokens that an OAuth 2.1 authorization server issued for this server: JSON Web Tokens
 * (RFC 9068), checked as RFC 8725 advises. The issuer's keys are fetched when needed, kept for a while, and fetched again
 * when a token names a key that is not among them, though not more often than now and then. Thread-safe.
 */
final class JwtAuthenticator implements Authenticator {

    private static final Logger LOG = LoggerFactory.getLogger(JwtAuthenticator.class);

    private static final Duration KEYS_KEPT = Duration.ofMinutes(5);
    /** How long the last known keys serve while the issuer is away. */
    private static final Duration KEYS_KEPT_IN_OUTAGE = Duration.ofHours(1);

    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_KEYS_BYTES = 256 * 1024;
    private static final int MAX_TOKEN_CHARS = 16 * 1024;
    private static final int CLOCK_SKEW_SECONDS = 30;

    private final AccessOptions.Jwt options;
    private final JWTProcessor<SecurityContext> processor;

    /**
     * @param clock against which the times in tokens are held
     */
    JwtAuthenticator(AccessOptions.Jwt options, Clock clock) {
        this.options = options;
        DefaultJWTProcessor<SecurityContext> jwt = new DefaultJWTProcessor<>();
        jwt.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        jwt.setJWSKeySelector(new JWSVerificationKeySelector<>(
                options.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet()),
                keys(options)));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        options.audience(),
                        new JWTClaimsSet.Builder().issuer(options.issuer()).build(),
                        Set.of("exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
        jwt.setJWTClaimsSetVerifier(claims);
        processor = jwt;
    }

    private static JWKSource<SecurityContext> keys(AccessOptions.Jwt options) {
        int timeout = Math.toIntExact(FETCH_TIMEOUT.toMillis());
        try {
            return JWKSourceBuilder.create(
                            options.keys().toURL(), new DefaultResourceRetriever(timeout, timeout, MAX_KEYS_BYTES))
                    .cache(KEYS_KEPT.toMillis(), FETCH_TIMEOUT.multipliedBy(2).toMillis())
                    .refreshAheadCache(false)
                    .rateLimited(BETWEEN_FETCHES.toMillis())
                    .outageTolerant(KEYS_KEPT_IN_OUTAGE.toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(options.keys() + " is no address", e);
        }
    }

    @Override
    public Principal authenticate(String token) {
        if (token.length() > MAX_TOKEN_CHARS) {
            throw new AuthenticationException(Kind.INVALID, "the token is too long");
        }
        JWTClaimsSet claims = verified(token);
        Set<String> scopes = new LinkedHashSet<>(strings(claims, "scope"));
        scopes.addAll(strings(claims, "scp"));
        Scope scope = scopes.contains(options.writeScope())
                ? Scope.READ_WRITE
                : scopes.contains(options.readScope()) ? Scope.READ : null;
        if (scope == null) {
            throw new AuthenticationException(
                    Kind.INSUFFICIENT,
                    "the token needs the scope " + options.readScope() + " or " + options.writeScope());
        }
        return new Principal("jwt:" + nameOf(claims), users(claims, scopes), scope);
    }

    private JWTClaimsSet verified(String token) {
        try {
            return processor.process(token, null);
        } catch (ParseException e) {
            throw new AuthenticationException(Kind.INVALID, "the token is no JSON Web Token that this server knows", e);
        } catch (BadJOSEException e) {
            // The library's words tell what is wrong (expired, audience, signature) and hold no part of the token.
            throw new AuthenticationException(Kind.INVALID, "the token is not valid here: " + e.getMessage(), e);
        } catch (RateLimitReachedException e) {
            // Not logged: anybody can cause it, by naming keys that there are not.
            throw keysAreAway(e);
        } catch (KeySourceException e) {
            LOG.warn("the keys of {} cannot be fetched from {}: {}", options.issuer(), options.keys(), e.getMessage());
            throw keysAreAway(e);
        } catch (JOSEException e) {
            throw new AuthenticationException(Kind.INVALID, "the token's signature cannot be checked", e);
        }
    }

    private static AuthenticationException keysAreAway(KeySourceException cause) {
        return new AuthenticationException(
                Kind.UNAVAILABLE, "the server cannot fetch the keys of the token's issuer at present", cause);
    }

    private UserSet users(JWTClaimsSet claims, Set<String> scopes) {
        if (options.allUsersScope() != null && scopes.contains(options.allUsersScope())) {
            return UserSet.ALL;
        }
        @Nullable Object claim = claims.getClaim(options.userClaim());
        Set<String> ids = new LinkedHashSet<>();
        if (claim instanceof String id) {
            ids.add(id);
        } else if (claim instanceof Collection<?> several) {
            several.forEach(id -> ids.add(id instanceof String text ? text : ""));
        }
        if (ids.isEmpty() || ids.contains("")) {
            throw new AuthenticationException(
                    Kind.INSUFFICIENT, "the token names no user in its claim " + options.userClaim());
        }
        return UserSet.of(ids);
    }

    private static String nameOf(JWTClaimsSet claims) {
        String subject = claims.getSubject();
        return subject == null ? "without-subject" : subject;
    }

    /** A claim that is an array of texts, or one text with spaces between them as RFC 6749 writes scopes. */
    private static List<String> strings(JWTClaimsSet claims, String name) {
        @Nullable Object claim = claims.getClaim(name);
        if (claim instanceof String text) {
            return List.of(text.split(" "));
        }
        return claim instanceof Collection<?> several
                ? several.stream().map(String::valueOf).toList()
                : List.of();
    }
}
