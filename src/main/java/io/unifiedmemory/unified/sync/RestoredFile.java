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
 * Knows whether the database file was put back from a copy, or moved, and with which backends it has yet to be compared
 * since: until then these may know what it has forgotten, and it does not count as the whole truth. Thread-safe.
 */
public final class RestoredFile {

    private static final Logger LOG = LoggerFactory.getLogger(RestoredFile.class);

    private final BackendHandles handles;
    private final PrimaryStore store;
    /** Why the last comparison failed, of those that have yet to be compared. */
    private final Map<BackendHandle, String> failures = new ConcurrentHashMap<>();

    /** The file with which nothing is left to compare, so that each call need not look into it; 0 for none. */
    private volatile long settled;

    public RestoredFile(BackendHandles handles, PrimaryStore store) {
        this.handles = handles;
        this.store = store;
    }

    /** With whom it has yet to be compared: nobody, nearly always, and also where the file cannot be read. */
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
            LOG.debug("whether the database file was put back cannot be told: {}", e.describe());
            return List.of();
        }
    }

    /**
     * Whether it has yet to be compared with this backend; looks into the file. Where that keeps no memories, only what it
     * owes may be outdated.
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

    /** The problems of an answer that relies on the file, with this one if there is any. */
    public Map<String, String> added(Map<String, String> problems, List<BackendHandle> uncompared) {
        if (uncompared.isEmpty()) {
            return problems;
        }
        Map<String, String> all = new LinkedHashMap<>(problems);
        all.putIfAbsent(handles.primary().name(), describe(uncompared));
        return all;
    }

    /** Notes why a comparison did not succeed; null when it did. */
    void tried(BackendHandle handle, @Nullable String failure) {
        if (failure == null) {
            failures.remove(handle);
        } else {
            failures.put(handle, failure);
        }
    }

    /** Says so in one line. */
    public String describe(List<BackendHandle> uncompared) {
        String tries = uncompared.stream()
                .filter(failures::containsKey)
                .map(handle -> "; the last try failed: " + failures.get(handle))
                .collect(Collectors.joining());
        return "the database file was put back from a copy, or moved, and has yet to be compared with "
                + String.join(", ", uncompared.stream().map(BackendHandle::name).toList())
                + ", which may know newer memories and deletes (that begins as soon as it answers a running server)"
                + tries;
    }
}
