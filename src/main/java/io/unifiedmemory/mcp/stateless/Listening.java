package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.access.Principal;
import java.util.Set;

/** What clients can listen to. Thread-safe. */
public interface Listening {

    /** There is nothing to listen to. */
    Listening NOTHING = new Listening() {
        @Override
        public Set<String> lists() {
            return Set.of();
        }

        @Override
        public boolean mayFollow(String uri, Principal caller) {
            return false;
        }
    };

    /** The lists whose changes are told, by the names that a request has for them: {@code toolsListChanged}, ... */
    Set<String> lists();

    /** Whether this caller is told of changes of a resource. The answer must not depend on whether it exists. */
    boolean mayFollow(String uri, Principal caller);

    /** Called when the first client follows a resource, and when the last has ceased to. */
    default void follow(String uri, boolean begins) {}
}
