package io.unifiedmemory.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.JWTProcessor;
import io.unifiedmemory.access.AuthenticationException.Kind;
import io.unifiedmemory.memory.Names;
import java.text.ParseException;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens that an OAuth 2.1 authorization server issued for this server: JSON Web Tokens (RFC 9068),
 * checked as RFC 8725 advises. Thread-safe.
 */
final class JwtAuthenticator implements Authenticator {

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
        jwt.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null));
        jwt.setJWSKeySelector(new JWSVerificationKeySelector<>(
                options.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet()),
                new IssuerKeys(options.keys(), System::nanoTime)));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        options.audiences(),
                        new JWTClaimsSet.Builder().issuer(options.issuer()).build(),
                        Set.of("exp", "sub"),
                        Set.of()) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew(CLOCK_SKEW_SECONDS);
        jwt.setJWTClaimsSetVerifier(claims);
        processor = jwt;
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
        return new Principal("jwt:" + claims.getSubject(), users(claims, scopes), scope);
    }

    private JWTClaimsSet verified(String token) {
        try {
            JWT jwt = JWTParser.parse(token);
            JWTClaimsSet claims = processor.process(jwt, null);
            requireForm(((SignedJWT) jwt).getPayload().toJSONObject());
            return claims;
        } catch (ParseException e) {
            throw new AuthenticationException(Kind.INVALID, "the token is no JSON Web Token that this server knows", e);
        } catch (BadJOSEException e) {
            // The library's message names the fault (expired, audience, signature) and holds no part of the token.
            throw new AuthenticationException(Kind.INVALID, "the token is not valid here: " + e.getMessage(), e);
        } catch (KeySourceException e) {
            // Not logged, because anybody can cause it by naming unknown keys.
            throw new AuthenticationException(
                    Kind.UNAVAILABLE, "the server cannot fetch the keys of the token's issuer at present", e);
        } catch (JOSEException e) {
            throw new AuthenticationException(Kind.INVALID, "the token's signature cannot be checked", e);
        } catch (RuntimeException e) {
            // The library fails on some malformed claims, such as an audience that is null.
            throw new AuthenticationException(Kind.INVALID, "the token's claims are not in form", e);
        }
    }

    /** Checks the types of the claims: the library accepts a claim that is null, and turns numbers into texts. */
    private static void requireForm(Map<String, Object> claims) throws BadJWTException {
        if (!(claims.get("sub") instanceof String subject) || subject.isBlank()) {
            throw new BadJWTException("the claim sub must be a text and not empty");
        }
        if (!(claims.get("exp") instanceof Number)) {
            throw new BadJWTException("the claim exp must be a number");
        }
        for (String time : List.of("nbf", "iat")) {
            if (claims.containsKey(time) && !(claims.get(time) instanceof Number)) {
                throw new BadJWTException("the claim " + time + " must be a number");
            }
        }
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
        if (ids.isEmpty() || !ids.stream().allMatch(this::isUserId)) {
            throw new AuthenticationException(
                    Kind.INSUFFICIENT, "the token names no user in its claim " + options.userClaim());
        }
        return UserSet.of(ids);
    }

    private boolean isUserId(String text) {
        return Names.fault(text, options.maxUserIdChars()) == null;
    }

    /**
     * The values of a claim that is an array of texts, or one text with spaces between them as RFC 6749 writes scopes.
     */
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
