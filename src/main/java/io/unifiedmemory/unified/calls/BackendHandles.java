package io.unifiedmemory.unified.calls;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All configured backends in the order of their priority. Immutable. */
public final class BackendHandles {

    private final List<BackendHandle> all;
    private final List<BackendHandle> enabled;
    private final List<BackendHandle> others;
    private final Optional<BackendHandle> local;
    private final Optional<BackendHandle> keeper;

    public BackendHandles(List<BackendHandle> slots) {
        all = slots.stream()
                .sorted((a, b) ->
                        Integer.compare(a.options().priority(), b.options().priority()))
                .toList();
        enabled = all.stream().filter(slot -> slot.options().enabled()).toList();
        others = enabled.stream().filter(slot -> !slot.isLocal()).toList();
        local = enabled.stream().filter(BackendHandle::isLocal).findFirst();
        keeper = all.stream().filter(BackendHandle::isLocal).findFirst();
    }

    public List<BackendHandle> all() {
        return all;
    }

    public List<BackendHandle> enabled() {
        return enabled;
    }

    public List<BackendHandle> enabledWith(Capability capability) {
        return enabled.stream().filter(slot -> slot.can(capability)).toList();
    }

    /** Whom nobody can ask, and who may know something all the same: a reason for each, by name. */
    public Map<String, String> unable(Capability capability) {
        Map<String, String> unable = new LinkedHashMap<>();
        for (BackendHandle slot : enabled) {
            if (!slot.can(capability)) {
                unable.put(slot.name(), "cannot " + capability.name().toLowerCase(Locale.ROOT));
            }
        }
        return unable;
    }

    /** The local database, if it is enabled. */
    public Optional<BackendHandle> local() {
        return local;
    }

    /** The local database, also while it keeps no new memories because it is disabled. */
    public Optional<BackendHandle> keeper() {
        return keeper;
    }

    /** Every enabled backend but the local database. */
    public List<BackendHandle> others() {
        return others;
    }

    /** That nobody did what was asked, with the reason of each. */
    public static NoBackendException nobody(String what, Answers<?> answers) {
        BackendException.Kind kind = answers.failures().values().stream()
                .map(BackendException::kind)
                .findFirst()
                .orElse(BackendException.Kind.UNAVAILABLE);
        return new NoBackendException(what, kind, answers.problems());
    }
}
