package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All configured backends in the order of their priority. Immutable. */
final class Slots {

    private final List<Slot> all;
    private final List<Slot> enabled;
    private final List<Slot> others;
    private final Optional<Slot> local;
    private final Optional<Slot> keeper;

    Slots(List<Slot> slots) {
        all = slots.stream()
                .sorted((a, b) ->
                        Integer.compare(a.options().priority(), b.options().priority()))
                .toList();
        enabled = all.stream().filter(slot -> slot.options().enabled()).toList();
        others = enabled.stream().filter(slot -> !slot.isLocal()).toList();
        local = enabled.stream().filter(Slot::isLocal).findFirst();
        keeper = all.stream().filter(Slot::isLocal).findFirst();
    }

    List<Slot> all() {
        return all;
    }

    List<Slot> enabled() {
        return enabled;
    }

    List<Slot> enabledWith(Capability capability) {
        return enabled.stream().filter(slot -> slot.can(capability)).toList();
    }

    /** Whom nobody can ask, and who may know something all the same: a reason for each, by name. */
    Map<String, String> unable(Capability capability) {
        Map<String, String> unable = new LinkedHashMap<>();
        for (Slot slot : enabled) {
            if (!slot.can(capability)) {
                unable.put(slot.name(), "cannot " + capability.name().toLowerCase(Locale.ROOT));
            }
        }
        return unable;
    }

    /** The local database, if it is enabled. */
    Optional<Slot> local() {
        return local;
    }

    /** The local database, also while it keeps no new memories because it is disabled. */
    Optional<Slot> keeper() {
        return keeper;
    }

    /** Every enabled backend but the local database. */
    List<Slot> others() {
        return others;
    }

    /** That nobody did what was asked, with the reason of each. */
    static NoBackendException nobody(String what, Answers<?> answers) {
        BackendException.Kind kind = answers.failures().values().stream()
                .map(BackendException::kind)
                .findFirst()
                .orElse(BackendException.Kind.UNAVAILABLE);
        return new NoBackendException(what, kind, answers.problems());
    }
}
