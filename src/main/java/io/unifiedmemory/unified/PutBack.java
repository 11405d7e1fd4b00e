package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.memory.Outbox;
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
final class PutBack {

    private static final Logger LOG = LoggerFactory.getLogger(PutBack.class);

    private final Slots slots;
    private final Outbox outbox;
    /** Why the last comparison failed, of those that have yet to be compared. */
    private final Map<Slot, String> failures = new ConcurrentHashMap<>();

    /** The file with which nothing is left to compare, so that each call need not look into it; 0 for none. */
    private volatile long settled;

    PutBack(Slots slots, Outbox outbox) {
        this.slots = slots;
        this.outbox = outbox;
    }

    /** With whom it has yet to be compared: nobody, nearly always, and also where the file cannot be read. */
    List<Slot> uncompared() {
        if (slots.others().isEmpty()) {
            return List.of();
        }
        try {
            long file = outbox.file();
            if (file == settled) {
                return List.of();
            }
            List<Slot> uncompared =
                    slots.others().stream().filter(this::isUncompared).toList();
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
    boolean isUncompared(Slot slot) {
        boolean matters = slots.local().isEmpty() || slot.can(Capability.LIST);
        boolean uncompared = matters
                && outbox.isPutBack(slot.name())
                && (slots.local().isPresent() || outbox.backlog(slot.name()).pending() > 0);
        if (uncompared) {
            settled = 0;
        }
        return uncompared;
    }

    /** The problems of an answer that relies on the file, with this one if there is any. */
    Map<String, String> added(Map<String, String> problems, List<Slot> uncompared) {
        if (uncompared.isEmpty()) {
            return problems;
        }
        Map<String, String> all = new LinkedHashMap<>(problems);
        slots.keeper().ifPresent(keeper -> all.putIfAbsent(keeper.name(), describe(uncompared)));
        return all;
    }

    /** Notes why a comparison did not succeed; null when it did. */
    void tried(Slot slot, @Nullable String failure) {
        if (failure == null) {
            failures.remove(slot);
        } else {
            failures.put(slot, failure);
        }
    }

    /** Says so in one line. */
    String describe(List<Slot> uncompared) {
        String tries = uncompared.stream()
                .filter(failures::containsKey)
                .map(slot -> "; the last try failed: " + failures.get(slot))
                .collect(Collectors.joining());
        return "the database file was put back from a copy, or moved, and has yet to be compared with "
                + String.join(", ", uncompared.stream().map(Slot::name).toList())
                + ", which may know newer memories and deletes (that begins as soon as it answers a running server)"
                + tries;
    }
}
