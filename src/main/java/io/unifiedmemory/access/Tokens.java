package io.unifiedmemory.access;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bearer tokens that a server accepts, without their secrets. Thread-safe, also among processes. */
public interface Tokens {

    /**
     * A token that was just created.
     *
     * @param token the stored part
     * @param text the token itself, which cannot be read again
     */
    record Created(Token token, String text) {
        /** Leaves out the secret. */
        @Override
        public String toString() {
            return token.toString();
        }
    }

    /**
     * Creates a token.
     *
     * @param name for people, unique unless empty
     * @param expires when the token expires; null for never
     */
    Created create(String name, UserSet users, Scope scope, @Nullable Instant expires);

    /**
     * Revokes a token.
     *
     * @param idOrName the id or name of the token
     * @return the token; null when there is none
     */
    @Nullable
    Token revoke(String idOrName);

    /** Returns every token, the oldest first. */
    List<Token> tokens();

    /**
     * Whether there is or was a token, so that nobody is to be let in without one. True as well when that cannot be
     * found out.
     */
    boolean exist();

    /** When the token was last used, to some minutes; null when no use is known. */
    @Nullable
    Instant lastUse(Token token) throws IOException;

    /** Where they are, for people: follows "a token of". */
    String place();

    /** What to do to be without tokens again, once the last one is revoked: follows "to serve without tokens again,". */
    String undo();

    /** Verifies what clients show. */
    Authenticator authenticator();
}
