package io.unifiedmemory.unified;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Outbox;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a search or listing misses where the local database keeps no memories: the writes that are still in the outbox.
 * A retrieve looks there; these do not, so they have to say that they may lack something. Thread-safe.
 */
final class OutboxGap {

    private final Slots slots;
    private final Outbox outbox;

    OutboxGap(Slots slots, Outbox outbox) {
        this.slots = slots;
        this.outbox = outbox;
    }

    /**
     * The problems of an answer about this user, with that of the outbox if there is one.
     *
     * @param before the gap when the question was asked; what has been delivered since may have come too late to be seen
     */
    Map<String, String> added(String userId, Map<String, String> problems, String before) {
        String gap = before.isEmpty() ? of(userId) : before;
        if (gap.isEmpty()) {
            return problems;
        }
        Map<String, String> all = new LinkedHashMap<>(problems);
        all.put(ReadPath.OUTBOX, gap);
        return all;
    }

    /** What is left out now of what is known of a user; empty when nothing is. */
    String of(String userId) {
        if (slots.local().isPresent()) {
            return "";
        }
        try {
            List<String> owed = outbox.owedTo(userId);
            return owed.isEmpty()
                    ? ""
                    : "writes that are not confirmed by " + String.join(", ", owed) + " are left out";
        } catch (BackendException e) {
            return e.describe();
        }
    }
}
