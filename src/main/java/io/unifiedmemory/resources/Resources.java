package io.unifiedmemory.resources;

import io.unifiedmemory.access.Principal;
import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.KeyOrder;
import io.unifiedmemory.memory.ListRequest;
import io.unifiedmemory.memory.Lookup;
import io.unifiedmemory.memory.MemoryEntry;
import io.unifiedmemory.memory.Names;
import io.unifiedmemory.tools.AccessControl;
import io.unifiedmemory.tools.ToolFailure;
import io.unifiedmemory.tools.ToolOptions;
import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.calls.NoBackendException;
import io.unifiedmemory.unified.reads.Listing;
import io.unifiedmemory.unified.reads.Retrieval;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The memories that a caller may see, as resources. The same callers see the same memories here as by the tools.
 * Thread-safe; a call may wait for every backend.
 */
public final class Resources implements AutoCloseable {

    private static final int PAGE = 100;

    /** The most users of whom one page asks, because each asks every backend. */
    private static final int MOST_USERS = 10;

    /** The characters of the texts that are read for one page at most, after the first of them. */
    private static final int PAGE_CHARS = 1 << 20;

    private final UnifiedMemory memory;
    private final AccessControl access;
    private final boolean namesDefaultUser;
    private final int maxNameChars;
    private final ChangeWatch watch;

    public Resources(UnifiedMemory memory, ToolOptions options) {
        this(memory, options, ChangeWatch.of(memory.knownHere()));
    }

    Resources(UnifiedMemory memory, ToolOptions options, ChangeWatch watch) {
        this.memory = memory;
        this.watch = watch;
        access = new AccessControl(options, Clock.systemUTC());
        namesDefaultUser = options.defaultUser() != null;
        maxNameChars = options.limits().maxNameChars();
    }

    /**
     * A page of the memories that the caller may see, user by user in the order of their ids and then of their keys.
     * A caller who may see everybody is shown the memories of the default user, where there is one.
     *
     * @param cursor {@link ResourcePage#nextCursor} of the page before; null for the first
     * @throws ToolFailure for a cursor that is none, and when no backend can answer
     */
    public ResourcePage list(Principal caller, @Nullable String cursor) {
        access.requireKnown(caller);
        ListPosition from = cursor == null ? null : ListPosition.parse(cursor);
        if (from != null && !caller.users().contains(from.userId())) {
            throw ListPosition.foreign();
        }
        List<Resource> resources = new ArrayList<>();
        boolean complete = true;
        ListPosition at = from != null ? from : begin(caller, null);
        for (int asked = 0; at != null && asked < MOST_USERS && resources.size() < PAGE; asked++) {
            Listing listing = list(caller, at, PAGE - resources.size());
            listing.page().entries().stream()
                    // What is in a server that is only searched cannot be read by its key.
                    .filter(entry -> !listing.sources().containsKey(entry.key()))
                    .forEach(entry -> resources.add(Resource.of(entry)));
            complete &= listing.problems().isEmpty();
            at = listing.next() != null ? new ListPosition(at.userId(), listing.next()) : begin(caller, at.userId());
        }
        return new ResourcePage(resources, at == null ? null : at.toString(), complete);
    }

    private Listing list(Principal caller, ListPosition at, int limit) {
        try {
            return memory.list(new ListRequest(at.userId(), at.afterKey(), limit, PAGE_CHARS));
        } catch (NoBackendException e) {
            throw AccessControl.shown(e, caller);
        }
    }

    /** Where the memories of the next user begin; null behind the last one. */
    private @Nullable ListPosition begin(Principal caller, @Nullable String after) {
        String next;
        if (caller.isRestricted()) {
            next = caller.users().ids().stream()
                    .filter(user -> after == null || KeyOrder.COMPARATOR.compare(user, after) > 0)
                    .min(KeyOrder.COMPARATOR)
                    .orElse(null);
        } else if (namesDefaultUser) {
            next = after == null ? access.visible(caller, null) : null;
        } else {
            next = known(after);
        }
        return next == null ? null : new ListPosition(next, null);
    }

    private @Nullable String known(@Nullable String after) {
        try {
            return memory.knownHere().users(after, 1).stream().findFirst().orElse(null);
        } catch (BackendException e) {
            throw new ToolFailure(e.kind(), e.describe());
        }
    }

    /**
     * The contents of a resource.
     *
     * @throws ResourceNotFoundException when there is none for this caller
     * @throws ToolFailure when no backend can answer
     */
    public ResourceContents read(Principal caller, String uri) {
        MemoryUri address = visible(caller, uri);
        try {
            boolean complete = true;
            for (String key : Names.forms(address.key())) {
                Retrieval retrieval = memory.retrieve(address.userId(), key);
                complete &= retrieval.problems().isEmpty();
                if (retrieval.lookup() instanceof Lookup.Found found && retrieval.source() != null) {
                    return contents(uri, found.entry(), retrieval.source(), complete);
                }
            }
        } catch (NoBackendException e) {
            throw AccessControl.shown(e, caller);
        }
        throw new ResourceNotFoundException(uri);
    }

    private static ResourceContents contents(String uri, MemoryEntry entry, String source, boolean complete) {
        return new ResourceContents(
                uri, entry.value(), entry.metadata(), entry.createdAt(), entry.updatedAt(), source, complete);
    }

    /**
     * Begins the subscriptions of one client, which end when they are closed.
     *
     * @param onUpdated receives the address, as it was subscribed to, of each memory that was stored, changed or deleted,
     *     by whatever process on the store of record; called on a thread of its own, which it must not hold up
     */
    public Subscriptions subscriptions(Principal caller, Consumer<String> onUpdated) {
        return new Subscriptions(watch, uri -> visible(caller, uri), onUpdated);
    }

    /** The memory at an address, which need not exist, of a user whom the caller may see. */
    private MemoryUri visible(Principal caller, String uri) {
        MemoryUri address = MemoryUri.parse(uri);
        String user = address == null ? null : access.visible(caller, address.userId());
        if (address == null
                || user == null
                || Names.fault(user, maxNameChars) != null
                || Names.fault(Names.canonical(address.key()), maxNameChars) != null) {
            throw new ResourceNotFoundException(uri);
        }
        return new MemoryUri(user, address.key());
    }

    /** Ends every subscription. */
    @Override
    public void close() {
        watch.close();
    }
}
