package io.unifiedmemory.unified.writes;

import io.unifiedmemory.memory.BackendException;
import io.unifiedmemory.memory.Capability;
import io.unifiedmemory.unified.calls.Answers;
import io.unifiedmemory.unified.calls.BackendHandle;
import io.unifiedmemory.unified.calls.BackendHandles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of a write everywhere.
 *
 * @param write in the version that took effect
 * @param noted whether it, or what it owes to the others, is on disk here
 * @param answers of all backends, the local database among them
 * @param earlier what was answered when it was first made, in a version that did not do
 * @param rejected who will never take it
 */
record Written<R>(Write<R> write, boolean noted, Answers<R> answers, List<R> earlier, List<BackendHandle> rejected) {

    /**
     * @throws NoBackendException when no backend has the write and none will get it
     */
    void requireTaken(BackendHandles slots, String what) {
        if (answers.values().isEmpty() && slots.replicas().stream().noneMatch(this::follows)) {
            throw BackendHandles.nobody(what, answers);
        }
    }

    /**
     * Requires of a delete that is not on disk here that nothing can bring back what it deleted.
     *
     * @throws NoBackendException when those who confirmed it do not remember deletes and others have not confirmed it
     */
    void requireDeleted(BackendHandles slots, String what) {
        boolean remembered = answers.values().keySet().stream().anyMatch(slot -> slot.can(Capability.VERSIONS));
        boolean everywhere = slots.replicas().stream().allMatch(answers.values()::containsKey);
        if (!noted && !remembered && !everywhere) {
            throw BackendHandles.nobody(what + " for certain", answers);
        }
    }

    /** Where the write arrived. */
    WriteReport report(BackendHandles slots, Outcome success) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        slots.all().forEach(slot -> outcomes.put(slot.name(), outcome(slot, success)));
        return new WriteReport(durability(slots), outcomes, answers.problems());
    }

    private Outcome outcome(BackendHandle slot, Outcome success) {
        if (!slot.options().enabled()) {
            return Outcome.DISABLED;
        }
        if (answers.values().containsKey(slot)) {
            return success;
        }
        return follows(slot) ? Outcome.QUEUED : Outcome.FAILED;
    }

    /** Whether the backend gets the write from the outbox. */
    private boolean follows(BackendHandle slot) {
        return noted && !slot.isPrimary() && !answers.values().containsKey(slot) && !rejected.contains(slot);
    }

    private Durability durability(BackendHandles slots) {
        if (!noted) {
            return Durability.UNPROTECTED;
        }
        if (slots.replicas().isEmpty()) {
            return Durability.LOCAL;
        }
        if (slots.replicas().stream().anyMatch(this::follows)) {
            return Durability.QUEUED;
        }
        return rejected.isEmpty() ? Durability.REPLICATED : Durability.PARTIAL;
    }

    /** The answer of the local database with those of the others, by priority. */
    static <R> Answers<R> together(BackendHandles slots, LocalCommit.Committed<R> committed, Answers<R> others) {
        Map<BackendHandle, R> values = new LinkedHashMap<>();
        Map<BackendHandle, BackendException> failures = new LinkedHashMap<>();
        for (BackendHandle slot : slots.enabled()) {
            R answer = slot.isPrimary() ? committed.answer() : others.values().get(slot);
            BackendException failure =
                    slot.isPrimary() ? committed.failure() : others.failures().get(slot);
            if (answer != null) {
                values.put(slot, answer);
            }
            if (failure != null) {
                failures.put(slot, failure);
            }
        }
        return new Answers<>(values, failures);
    }
}
