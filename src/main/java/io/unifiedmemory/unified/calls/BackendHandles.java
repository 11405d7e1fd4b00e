package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All configured backends in the order of their priority, one of which is the store of record. Immutable. */
public final class BackendHandles {

    private static final String ELSEWHERE = "; what another machine stored there is found by its key";

    private final List<BackendHandle> all;
    private final List<BackendHandle> enabled;
    private final List<BackendHandle> keepers;
    private final List<BackendHandle> replicas;
    private final BackendHandle primary;
    private final Optional<BackendHandle> keeping;

    /** Takes the handles in any order. */
    public BackendHandles(List<BackendHandle> handles) {
        all = handles.stream()
                .sorted((a, b) ->
                        Integer.compare(a.options().priority(), b.options().priority()))
                .toList();
        enabled = all.stream().filter(handle -> handle.options().enabled()).toList();
        keepers = enabled.stream().filter(handle -> !handle.isSource()).toList();
        replicas = keepers.stream().filter(handle -> !handle.isPrimary()).toList();
        primary = all.stream().filter(BackendHandle::isPrimary).findFirst().orElseThrow();
        keeping = Optional.of(primary).filter(handle -> handle.options().enabled());
    }

    /** All backends, disabled ones included. */
    public List<BackendHandle> all() {
        return all;
    }

    /** The backends that take part: those that keep memories, and sources. */
    public List<BackendHandle> enabled() {
        return enabled;
    }

    /** The enabled backends that keep memories: the store of record and its replicas, without sources. */
    public List<BackendHandle> keepers() {
        return keepers;
    }

    /** Whether a backend that keeps memories is configured and disabled. */
    public boolean isKeeperDisabled() {
        return all.stream().anyMatch(handle -> !handle.options().enabled() && !handle.isSource());
    }

    /** The enabled backends with a capability. */
    public List<BackendHandle> enabledWith(Capability capability) {
        return enabled.stream().filter(handle -> handle.can(capability)).toList();
    }

    /**
     * The enabled keepers that cannot be asked and may hold something all the same, such as what another machine stored
     * there: a reason for each, by name.
     */
    public Map<String, String> unable(Capability capability) {
        Map<String, String> unable = new LinkedHashMap<>();
        for (BackendHandle handle : keepers) {
            if (!handle.can(capability)) {
                String what = capability.name().toLowerCase(Locale.ROOT);
                unable.put(handle.name(), "cannot " + what + ELSEWHERE);
            }
        }
        return unable;
    }

    /** The store of record, even when it is disabled and keeps no memories. */
    public BackendHandle primary() {
        return primary;
    }

    /** The store of record while it keeps memories. */
    public Optional<BackendHandle> keeping() {
        return keeping;
    }

    /** Every enabled backend that keeps what the store of record has: no sources. */
    public List<BackendHandle> replicas() {
        return replicas;
    }

    /** The exception for a call that no backend could do, with the reason of each. */
    public static NoBackendException nobody(String what, Answers<?> answers) {
        BackendException.Kind kind = answers.failures().values().stream()
                .map(BackendException::kind)
                .findFirst()
                .orElse(BackendException.Kind.UNAVAILABLE);
        return new NoBackendException(what, kind, answers.problems());
    }
}
