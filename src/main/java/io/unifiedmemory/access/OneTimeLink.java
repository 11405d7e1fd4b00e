package io.unifiedmemory.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets in one page that the person at this machine has opened: the link carries a code that works once, and what the page
 * gets for it is a secret that works as long as this process runs. Whoever finds the link later, in a list of processes or
 * in a history, is not let in. Thread-safe.
 */
public final class OneTimeLink implements Authenticator {

    private static final int SECRET_BYTES = 32;

    private final String code = random();
    private final String session = random();
    private final AtomicBoolean used = new AtomicBoolean();

    /** What the link carries. */
    public String code() {
        return code;
    }

    /** What a page keeps that was let in with this credential: the secret of the session, whatever it came with. */
    public String kept(String credential) {
        return session;
    }

    /** The person at this machine, for the code when it is shown first, and for the secret of the session. */
    @Override
    public Principal authenticate(String token) {
        if (same(token, session) || (same(token, code) && used.compareAndSet(false, true))) {
            return Principal.LOCAL;
        }
        throw new AuthenticationException(
                AuthenticationException.Kind.INVALID,
                "this link was used already or is of an earlier run: run unified-memory browse again");
    }

    /** In the same time, however much is the same. */
    private static boolean same(String shown, String secret) {
        return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }

    private static String random() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
