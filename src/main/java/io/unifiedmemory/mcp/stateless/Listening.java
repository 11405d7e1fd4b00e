package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.access.Principal;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What clients can listen to. Thread-safe. */
public interface Listening {

    /** There is nothing to listen to. */
    Listening NOTHING = new Listening() {
        @Override
        public Set<String> lists() {
            return Set.of();
        }

        @Override
        public Following follow(Principal caller, Collection<String> uris, Consumer<String> onChange) {
            return new Following(List.of(), () -> {});
        }
    };

    /** The lists whose changes are told, by the names that a request has for them: {@code toolsListChanged}, ... */
    Set<String> lists();

    /**
     * Begins to tell of changes of resources.
     *
     * @param uris the resources that the client asks for; those that it may not see are left out
     * @param onChange takes the address of each that has changed or is gone
     * @throws Refusal when they are too many
     */
    Following follow(Principal caller, Collection<String> uris, Consumer<String> onChange) throws Refusal;

    /**
     * The resources that one client is told of.
     *
     * @param uris their addresses
     * @param end ends that
     */
    record Following(List<String> uris, Runnable end) {}
}
