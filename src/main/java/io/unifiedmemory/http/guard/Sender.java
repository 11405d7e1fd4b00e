package io.unifiedmemory.http.guard;

import io.unifiedmemory.access.AuthenticationException;
import io.unifiedmemory.access.Principal;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as far as its headers say: found out once, by the {@link AccessPolicy}, before anything of the
 * request's body is kept, and noted in an attribute of the request.
 */
public sealed interface Sender {

    /** The request attribute with the sender. */
    String ATTRIBUTE = Sender.class.getName();

    /**
     * The bearer of a token.
     *
     * @param principal whose token it is
     * @param stays whether the token would still be accepted; asked later, about what lasts longer than a request
     */
    record Known(Principal principal, BooleanSupplier stays) implements Sender {
        @Override
        public boolean isWelcome() {
            return true;
        }

        @Override
        public boolean mayStay() {
            return stays.getAsBoolean();
        }

        @Override
        public String owner() {
            return principal.id();
        }
    }

    /**
     * Anybody at all, where callers need no token.
     *
     * @param stays whether callers still need none; asked later, about what lasts longer than a request
     */
    record Anybody(BooleanSupplier stays) implements Sender {
        @Override
        public boolean isWelcome() {
            return true;
        }

        @Override
        public boolean mayStay() {
            return stays.getAsBoolean();
        }
    }

    /** Somebody who showed no token, or more than one, where a token is needed. */
    record Unnamed() implements Sender {}

    /**
     * Somebody whose token is not accepted.
     *
     * @param reason what is wrong with the token
     */
    record Refused(AuthenticationException reason) implements Sender {}

    /** Whether the request will be let in, as far as its sender decides about that. */
    default boolean isWelcome() {
        return false;
    }

    /** Whether what the request opened may go on, such as a stream of events. */
    default boolean mayStay() {
        return false;
    }

    /** For whom what the request takes is counted; null when callers cannot be told apart. */
    default @Nullable String owner() {
        return null;
    }

    /**
     * The sender that was noted.
     *
     * @param attributes those of the request, as the servlet container shows them or as they are in front of it
     */
    static Sender of(Function<String, @Nullable Object> attributes) {
        if (attributes.apply(ATTRIBUTE) instanceof Sender sender) {
            return sender;
        }
        throw new IllegalStateException("a request came past the access policy");
    }
}
