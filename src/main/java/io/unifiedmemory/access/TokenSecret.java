package io.unifiedmemory.access;

import io.unifiedmemory.memory.util.Sha256;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A token of the token file in the only moment when its secret is known: {@code umt_ID_SECRET}. The id, which is not
 * secret, finds the token; the secret of 256 random bits proves it.
 *
 * <p>The file keeps the SHA-256 of the secret. The slow, salted hashes that passwords need would add nothing: they make
 * guessing a weak secret expensive, and 256 random bits cannot be guessed at any speed.
 */
record TokenSecret(String id, String secret) {

    private static final String PREFIX = "umt_";
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;
    private static final int SECRET_AT = PREFIX.length() + 2 * ID_BYTES + 1;
    private static final int LENGTH = SECRET_AT + 43;
    private static final SecureRandom RANDOM = new SecureRandom();

    static TokenSecret random() {
        return new TokenSecret(
                HexFormat.of().formatHex(bytes(ID_BYTES)),
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES)));
    }

    /** Whether a text has the form of such a token. */
    static boolean isOne(String token) {
        return token.length() == LENGTH && token.startsWith(PREFIX) && token.charAt(SECRET_AT - 1) == '_';
    }

    /** Splits a token that has the right form. */
    static TokenSecret parse(String token) {
        return new TokenSecret(token.substring(PREFIX.length(), SECRET_AT - 1), token.substring(SECRET_AT));
    }

    String text() {
        return PREFIX + id + "_" + secret;
    }

    byte[] hash() {
        return Sha256.of(secret);
    }

    /** Leaves out the secret, so that no log can show it. */
    @Override
    public String toString() {
        return PREFIX + id;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
