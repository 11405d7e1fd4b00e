package io.unifiedmemory.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.unifiedmemory.access.AuthenticationException.Kind;
import io.unifiedmemory.memory.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Access tokens against a real key server on loopback. */
class JwtAuthenticatorTest {

    private static final String ISSUER = "https://login.example.org";
    private static final int MAX_ID_CHARS = 20;
    private static final String AUDIENCE = "https://memory.example.org/mcp";
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static RSAKey rsa;
    private static RSAKey otherRsa;
    private static ECKey ec;

    private KeyServer keys;
    private Authenticator authenticator;

    @BeforeAll
    static void makeKeys() throws JOSEException {
        rsa = new RSAKeyGenerator(2048).keyID("one").generate();
        otherRsa = new RSAKeyGenerator(2048).keyID("two").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("curve").generate();
    }

    @BeforeEach
    void start() {
        keys = new KeyServer();
        keys.publish(rsa, ec);
        authenticator = authenticator(null);
    }

    @AfterEach
    void stop() {
        keys.close();
    }

    private Authenticator authenticator(@Nullable String allUsersScope) {
        return new JwtAuthenticator(
                new AccessOptions.Jwt(
                        ISSUER,
                        Set.of(AUDIENCE),
                        keys.address(),
                        Set.of("RS256", "ES256"),
                        "email",
                        MAX_ID_CHARS,
                        "memory:read",
                        "memory:write",
                        allUsersScope),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return change.apply(new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .audience(AUDIENCE)
                        .subject("u-17")
                        .claim("email", "anna@example.org")
                        .claim("scope", "openid memory:write")
                        .expirationTime(Date.from(NOW.plusSeconds(600))))
                .build();
    }

    private static String signed(JWK key, JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(algorithm)
                            .type(new JOSEObjectType("at+jwt"))
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String signed(RSAKey key, UnaryOperator<JWTClaimsSet.Builder> change) {
        try {
            return signed(key, JWSAlgorithm.RS256, new RSASSASigner(key), claims(change));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertRefused(String token, Kind kind) {
        assertThatThrownBy(() -> authenticator.authenticate(token))
                .asInstanceOf(type(AuthenticationException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("eyJ"));
    }

    @Test
    void aGoodTokenLetsInTheUserOfItsClaim() {
        Principal bearer = authenticator.authenticate(signed(rsa, claims -> claims));
        assertThat(bearer.users()).isEqualTo(UserSet.of(Set.of("anna@example.org")));
        assertThat(bearer.scope()).isEqualTo(Scope.READ_WRITE);
        assertThat(bearer.id()).isEqualTo("jwt:u-17");
    }

    @Test
    void anEllipticCurveIsAsGood() throws JOSEException {
        String token = signed(ec, JWSAlgorithm.ES256, new ECDSASigner(ec), claims(claims -> claims));
        assertThat(authenticator.authenticate(token).mayWrite()).isTrue();
    }

    @Test
    void aClaimMayHoldSeveralUsersAndScopesBeAnArray() {
        Principal bearer = authenticator.authenticate(signed(
                rsa,
                claims -> claims.claim("email", List.of("a", "b"))
                        .claim("scope", null)
                        .claim("scp", List.of("memory:read"))));
        assertThat(bearer.users()).isEqualTo(UserSet.of(Set.of("a", "b")));
        assertThat(bearer.mayWrite()).isFalse();
    }

    @Test
    void allUsersAreForTheScopeThatIsConfiguredForThem() {
        String token = signed(rsa, claims -> claims.claim("scope", "memory:write memory:everyone"));
        assertThat(authenticator.authenticate(token).isRestricted()).isTrue();
        assertThat(authenticator("memory:everyone").authenticate(token).isRestricted())
                .isFalse();
    }

    @Test
    void aTokenWithoutOurScopesOrWithoutAUserGrantsNothing() {
        assertRefused(signed(rsa, claims -> claims.claim("scope", "openid")), Kind.INSUFFICIENT);
        assertRefused(signed(rsa, claims -> claims.claim("scope", null)), Kind.INSUFFICIENT);
        assertRefused(signed(rsa, claims -> claims.claim("email", null)), Kind.INSUFFICIENT);
        assertRefused(signed(rsa, claims -> claims.claim("email", List.of())), Kind.INSUFFICIENT);
        assertRefused(signed(rsa, claims -> claims.claim("email", List.of("a", 7))), Kind.INSUFFICIENT);
    }

    @Test
    void timesAreHeldAgainstTheClockWithLittleLeeway() {
        assertRefused(signed(rsa, claims -> claims.expirationTime(at(-31))), Kind.INVALID);
        assertRefused(signed(rsa, claims -> claims.expirationTime(null)), Kind.INVALID);
        assertRefused(signed(rsa, claims -> claims.notBeforeTime(at(40))), Kind.INVALID);
        assertThat(authenticator
                        .authenticate(signed(
                                rsa, claims -> claims.expirationTime(at(-20)).notBeforeTime(at(20))))
                        .mayWrite())
                .isTrue();
    }

    private static Date at(int seconds) {
        return Date.from(NOW.plusSeconds(seconds));
    }

    @Test
    void aTokenForAnotherServerOrOfAnotherIssuerIsRefused() {
        assertRefused(signed(rsa, claims -> claims.audience("https://memory.example.org")), Kind.INVALID);
        assertRefused(signed(rsa, claims -> claims.audience((String) null)), Kind.INVALID);
        assertRefused(signed(rsa, claims -> claims.issuer("https://login.example.org/")), Kind.INVALID);
        assertRefused(signed(rsa, claims -> claims.issuer(null)), Kind.INVALID);
        assertThat(authenticator
                        .authenticate(signed(rsa, claims -> claims.audience(List.of("else", AUDIENCE))))
                        .mayWrite())
                .isTrue();
    }

    @Test
    void aSignatureOfAnotherKeyIsRefused() throws JOSEException {
        RSAKey posing = new RSAKey.Builder(otherRsa).keyID("one").build();
        assertRefused(signed(posing, claims -> claims), Kind.INVALID);
        String good = signed(rsa, claims -> claims);
        String eves = signed(rsa, claims -> claims.claim("email", "eve"));
        String changed = eves.substring(0, eves.lastIndexOf('.')) + good.substring(good.lastIndexOf('.'));
        assertRefused(changed, Kind.INVALID);
    }

    @Test
    void anUnsignedTokenIsRefused() {
        assertRefused(new PlainJWT(claims(claims -> claims)).serialize(), Kind.INVALID);
    }

    @Test
    void aPublicKeyIsNoSharedSecret() throws Exception {
        for (byte[] secret : List.of(
                rsa.toPublicKey().getEncoded(), rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
            assertRefused(
                    signed(rsa, JWSAlgorithm.HS256, new MACSigner(secret), claims(claims -> claims)), Kind.INVALID);
        }
    }

    @Test
    void anAlgorithmThatIsNotListedIsRefusedEvenWithARightKey() throws JOSEException {
        assertRefused(signed(rsa, JWSAlgorithm.PS256, new RSASSASigner(rsa), claims(claims -> claims)), Kind.INVALID);
    }

    @Test
    void whatIsNoTokenIsRefused() {
        for (String text : List.of("", "x", "a.b.c", "...", "eyJ".repeat(10_000), "umt_")) {
            assertThatThrownBy(() -> authenticator.authenticate(text)).isInstanceOf(AuthenticationException.class);
        }
        assertThat(keys.fetches()).as("no keys are fetched for nonsense").isZero();
    }

    @Test
    void theKeysAreFetchedOnceAndAgainWhenTheyChange() {
        for (int i = 0; i < 20; i++) {
            authenticator.authenticate(signed(rsa, claims -> claims));
        }
        assertThat(keys.fetches()).isEqualTo(1);
        keys.publish(otherRsa);
        assertThat(authenticator
                        .authenticate(signed(otherRsa, claims -> claims))
                        .mayWrite())
                .isTrue();
        assertThat(keys.fetches()).isEqualTo(2);
    }

    @Test
    void unknownKeysCannotMakeUsFloodTheIssuer() throws JOSEException {
        RSAKey forged = new RSAKey.Builder(otherRsa).keyID("forged").build();
        for (int i = 0; i < 30; i++) {
            String token = signed(forged, claims -> claims);
            assertThatThrownBy(() -> authenticator.authenticate(token)).isInstanceOf(AuthenticationException.class);
        }
        assertThat(keys.fetches()).isLessThanOrEqualTo(3);
        assertThat(authenticator.authenticate(signed(rsa, claims -> claims)).mayWrite())
                .as("those with a known key come in all the while")
                .isTrue();
    }

    @Test
    void withoutKeysNobodyCanTellAndThatIsNotTheBearersFault() {
        keys.down();
        assertRefused(signed(rsa, claims -> claims), Kind.UNAVAILABLE);
    }

    @Test
    void knownKeysServeWhileTheIssuerIsDown() {
        authenticator.authenticate(signed(rsa, claims -> claims));
        keys.down();
        assertThat(authenticator.authenticate(signed(rsa, claims -> claims)).mayWrite())
                .isTrue();
    }

    @Test
    @Timeout(30)
    void fewWaitForAKeyServerThatHangsAndWhoNeedsNoNewKeyIsLetIn() throws Exception {
        String good = signed(rsa, claims -> claims);
        authenticator.authenticate(good);
        RSAKey forged = new RSAKey.Builder(otherRsa).keyID("forged").build();
        String unknown = signed(forged, claims -> claims);
        CountDownLatch hanging = keys.hang();
        CountDownLatch refused = new CountDownLatch(12);
        ExecutorService many = Executors.newFixedThreadPool(20);
        try {
            for (int i = 0; i < 20; i++) {
                many.execute(() -> {
                    try {
                        authenticator.authenticate(unknown);
                    } catch (AuthenticationException e) {
                        // Those who wait are refused in the end too, but not for this.
                        if (String.valueOf(e.getCause()).contains("others wait")) {
                            refused.countDown();
                        }
                    }
                });
            }
            refused.await();
            assertThat(authenticator.authenticate(good).mayWrite()).isTrue();
            assertThat(keys.fetches()).as("one fetch for all of them").isEqualTo(2);
        } finally {
            hanging.countDown();
            many.shutdown();
        }
        assertThat(many.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theLongNameOfTheTypeIsTakenToo() throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(new JOSEObjectType("application/at+jwt"))
                        .keyID(rsa.getKeyID())
                        .build(),
                claims(claims -> claims));
        jwt.sign(new RSASSASigner(rsa));
        assertThat(authenticator.authenticate(jwt.serialize()).mayWrite()).isTrue();
    }

    @Test
    void aTokenNeedsASubjectAndAUserIdThatCanBeOne() {
        assertRefused(signed(rsa, claims -> claims.subject(null)), Kind.INVALID);
        for (String id : List.of("", "x".repeat(MAX_ID_CHARS + 1), "a\u0000b", "\n")) {
            assertRefused(signed(rsa, claims -> claims.claim("email", id)), Kind.INSUFFICIENT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"exp\":null",
                "\"exp\":\"4102444800\"",
                "\"exp\":[4102444800]",
                "\"exp\":{}",
                "\"exp\":true",
                "\"exp\":9223372036854775807",
                "\"exp\":1e300",
                "\"exp\":-1",
                "\"sub\":null",
                "\"sub\":\"\"",
                "\"sub\":\" \"",
                "\"sub\":7",
                "\"sub\":[\"u-17\"]",
                "\"sub\":{}",
                "\"sub\":false",
                "\"nbf\":null",
                "\"nbf\":\"0\"",
                "\"nbf\":[0]",
                "\"nbf\":4102444800",
                "\"iat\":null",
                "\"iat\":\"0\"",
                "\"iat\":{}",
                "\"iss\":null",
                "\"iss\":[\"https://login.example.org\"]",
                "\"aud\":null",
                "\"aud\":[null]",
                "\"aud\":{}"
            })
    void aTokenWhoseClaimsAreNotInFormIsRefused(String claim) throws JOSEException {
        assertRefused(raw(claim), Kind.INVALID);
    }

    @Test
    void aTokenWithoutOneOfTheClaimsThatItNeedsIsRefused() throws JOSEException {
        for (String name : List.of("exp", "sub", "iss", "aud")) {
            assertRefused(raw("\"" + name + "\":"), Kind.INVALID);
        }
        assertThat(authenticator.authenticate(raw("\"iat\":0.5")).mayWrite()).isTrue();
    }

    /** A well signed token in which a claim is replaced, or left out when it has no value. */
    private static String raw(String claim) throws JOSEException {
        Map<String, Object> claims = new LinkedHashMap<>(claims(it -> it).toJSONObject());
        String name = claim.substring(1, claim.indexOf('"', 1));
        claims.remove(name);
        String json = Json.write(claims);
        String payload = claim.endsWith(":") ? json : json.substring(0, json.length() - 1) + "," + claim + "}";
        JWSObject jws = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(new JOSEObjectType("at+jwt"))
                        .keyID(rsa.getKeyID())
                        .build(),
                new Payload(payload));
        jws.sign(new RSASSASigner(rsa));
        return jws.serialize();
    }

    @Test
    void whatACallCanNameAsAUserATokenCanToo() {
        for (String id : List.of(" ", "\ud83d\ude00".repeat(MAX_ID_CHARS))) {
            String token = signed(rsa, claims -> claims.claim("email", id));
            assertThat(authenticator.authenticate(token).users()).isEqualTo(UserSet.of(Set.of(id)));
        }
    }
}
