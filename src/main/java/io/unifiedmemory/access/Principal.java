package io.unifiedmemory.access;

/**
 * An authenticated caller. Immutable.
 *
 * @param id names the caller in logs and limits; not a secret, never empty
 * @param users whose memories the caller may see
 * @param scope what the caller may do with them
 */
public record Principal(String id, UserSet users, Scope scope) {

    /** The person who started this process, for calls over the process's own pipe or terminal. */
    public static final Principal LOCAL = new Principal("local", UserSet.ALL, Scope.READ_WRITE);

    /** Whether this is {@link #LOCAL}, whom nobody had to authenticate. */
    @SuppressWarnings("ReferenceEquality") // An authenticated caller of the same name is another one.
    public boolean isLocal() {
        return this == LOCAL;
    }

    /** Whether the caller may not see all users, so that nothing about other users may be shown to it. */
    public boolean isRestricted() {
        return !users.all();
    }

    public boolean mayWrite() {
        return scope == Scope.READ_WRITE;
    }
}
