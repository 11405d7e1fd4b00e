package io.unifiedmemory.access;

/**
 * A caller, as authentication has found it. Immutable.
 *
 * @param id names the caller in logs and limits; no secret, never empty
 * @param users whose memories it may see
 * @param scope what it may do with them
 */
public record Principal(String id, UserSet users, Scope scope) {

    /** The person who started this process, over whose own pipe or terminal the call came. */
    public static final Principal LOCAL = new Principal("local", UserSet.ALL, Scope.READ_WRITE);

    /** Whether it may not see everything, so that nothing that concerns other users may be shown to it. */
    public boolean isRestricted() {
        return !users.all();
    }

    public boolean mayWrite() {
        return scope == Scope.READ_WRITE;
    }
}
