package io.unifiedmemory.unified.sync;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.spi.PrimaryStore;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the database was restored from a copy or moved, and which backends it has not been compared with since:
 * until then these backends may know what the database has lost, and it is not authoritative. Thread-safe.
 */
public final class RestoredFile {

    private static final Logger LOG = LoggerFactory.getLogger(RestoredFile.class);

    private final BackendHandles handles;
    private final PrimaryStore store;
    /** Why the last comparison failed, for backends that have not been compared yet. */
    private final Map<BackendHandle, String> failures = new ConcurrentHashMap<>();

    /**
     * The incarnation of a database for which nothing is left to compare, so that calls need not query it; 0 for none.
     */
    private volatile long settled;

    public RestoredFile(BackendHandles handles, PrimaryStore store) {
        this.handles = handles;
        this.store = store;
    }

    /** The backends that have not been compared yet: nearly always none, and none when the database cannot be read. */
    public List<BackendHandle> uncompared() {
        if (handles.replicas().isEmpty()) {
            return List.of();
        }
        try {
            long file = store.comparisons().incarnation();
            if (file == settled) {
                return List.of();
            }
            List<BackendHandle> uncompared =
                    handles.replicas().stream().filter(this::isUncompared).toList();
            if (uncompared.isEmpty()) {
                settled = file;
            }
            return uncompared;
        } catch (BackendException e) {
            LOG.debug("cannot tell whether the database was restored: {}", e.describe());
            return List.of();
        }
    }

    /**
     * Whether the database has not been compared with this backend yet; reads the database. Where that keeps no
     * memories, only its outbox may be outdated.
     */
    boolean isUncompared(BackendHandle handle) {
        boolean matters = handles.keeping().isEmpty() || handle.can(Capability.LIST);
        boolean uncompared = matters
                && store.comparisons().isRestored(handle.name())
                && (handles.keeping().isPresent()
                        || store.outboxAdmin().backlog(handle.name()).pending() > 0);
        if (uncompared) {
            settled = 0;
        }
        return uncompared;
    }

    /** The problems of an answer that relies on the database, including the missing comparisons if there are any. */
    public Map<String, String> added(Map<String, String> problems, List<BackendHandle> uncompared) {
        if (uncompared.isEmpty()) {
            return problems;
        }
        Map<String, String> all = new LinkedHashMap<>(problems);
        all.putIfAbsent(handles.primary().name(), describe(uncompared));
        return all;
    }

    /** Notes why a comparison failed; null when it succeeded. */
    void tried(BackendHandle handle, @Nullable String failure) {
        if (failure == null) {
            failures.remove(handle);
        } else {
            failures.put(handle, failure);
        }
    }

    /** Describes the missing comparisons in one line. */
    public String describe(List<BackendHandle> uncompared) {
        String tries = uncompared.stream()
                .filter(failures::containsKey)
                .map(handle -> "; the last try failed: " + failures.get(handle))
                .collect(Collectors.joining());
        return "the database was restored from a copy, or moved, and has not been compared yet with "
                + String.join(", ", uncompared.stream().map(BackendHandle::name).toList())
                + ", which may know newer memories and deletes (that begins as soon as it answers a running server)"
                + tries;
    }
}
