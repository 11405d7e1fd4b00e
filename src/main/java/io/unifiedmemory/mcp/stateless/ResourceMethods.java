package io.unifiedmemory.mcp.stateless;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.mcp.MemoryMethods;
import io.unifiedmemory.memory.BackendException.Kind;
import io.unifiedmemory.resources.ResourceNotFoundException;
import io.unifiedmemory.resources.Subscriptions;
import io.unifiedmemory.tools.ToolFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resources, prompts and completion: what {@link MemoryMethods} answers, with the errors of this revision. */
final class ResourceMethods implements Listening {

    private static final Logger LOG = LoggerFactory.getLogger(ResourceMethods.class);

    private final Supplier<MemoryMethods> methods;

    private ResourceMethods(Supplier<MemoryMethods> methods) {
        this.methods = methods;
    }

    /** Adds the methods to a server, and what clients can listen to. */
    static void add(Supplier<MemoryMethods> methods, StatelessServer.Builder server) {
        ResourceMethods own = new ResourceMethods(methods);
        // What is remembered changes at any time, and everybody sees their own.
        server.method("resources/list", Duration.ZERO, CacheScope.PRIVATE, own::answer)
                .method("resources/read", Duration.ZERO, CacheScope.PRIVATE, own::answer)
                .method("resources/templates/list", CacheScope.UNCHANGING, CacheScope.PUBLIC, own::answer)
                .method("prompts/list", CacheScope.UNCHANGING, CacheScope.PRIVATE, own::answer)
                .method("prompts/get", own::answer)
                .method("completion/complete", own::answer)
                .listening(own);
    }

    private Map<String, Object> answer(Request request) throws Refusal {
        try {
            return methods.get().answer(request.method(), request.params(), request.caller());
        } catch (ResourceNotFoundException e) {
            throw Refusal.notFound(e.getMessage(), request.text("uri"));
        } catch (ToolFailure e) {
            throw refusal(e);
        }
    }

    private static Refusal refusal(ToolFailure failure) {
        Refusal refusal = failure.kind() == Kind.REJECTED
                ? Refusal.invalid(String.valueOf(failure.getMessage()))
                : Refusal.failed(String.valueOf(failure.getMessage()));
        refusal.initCause(failure);
        return refusal;
    }

    /** None: tools and prompts are those of the program, and who wants to know of a new memory asks for the list. */
    @Override
    public Set<String> lists() {
        return Set.of();
    }

    @Override
    public Following follow(Principal caller, Collection<String> uris, Consumer<String> onChange) throws Refusal {
        if (uris.isEmpty()) {
            return new Following(List.of(), () -> {});
        }
        Subscriptions watched = methods.get().subscriptions(caller, onChange);
        List<String> granted = new ArrayList<>();
        try {
            for (String uri : uris) {
                if (adds(watched, uri)) {
                    granted.add(uri);
                }
            }
        } catch (ToolFailure e) {
            watched.close();
            throw refusal(e);
        }
        return new Following(granted, watched::close);
    }

    /** False when it is none that this client may see: the acknowledgement does not name it. */
    private static boolean adds(Subscriptions watched, String uri) {
        try {
            watched.add(uri);
            return true;
        } catch (ResourceNotFoundException e) {
            LOG.debug("a client asks to follow what it may not see", e);
            return false;
        }
    }
}
