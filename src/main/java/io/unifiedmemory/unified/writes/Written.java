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
 * The result of a write in all backends.
 *
 * @param write the write in the version that took effect
 * @param noted whether the write or its outbox entries are on disk here
 * @param answers the answers of all backends, the store of record among them
 * @param earlier the answers to an earlier, superseded version of the write
 * @param rejected the backends that will never take the write
 */
record Written<R>(Write<R> write, boolean noted, Answers<R> answers, List<R> earlier, List<BackendHandle> rejected) {

    /**
     * @throws NoBackendException when no backend has the write and none will get it
     */
    void requireTaken(BackendHandles handles, String what) {
        if (answers.values().isEmpty() && handles.replicas().stream().noneMatch(this::follows)) {
            throw BackendHandles.nobody(what, answers);
        }
    }

    /**
     * Requires that nothing can bring back what a delete that is not on disk here has deleted.
     *
     * @throws NoBackendException when the backends that confirmed the delete do not remember deletes, and others have
     *     not confirmed it
     */
    void requireDeleted(BackendHandles handles, String what) {
        boolean remembered = answers.values().keySet().stream().anyMatch(handle -> handle.can(Capability.VERSIONS));
        boolean everywhere = handles.replicas().stream().allMatch(answers.values()::containsKey);
        if (!noted && !remembered && !everywhere) {
            throw BackendHandles.nobody(what + " for certain", answers);
        }
    }

    /** The report for the caller. */
    WriteReport report(BackendHandles handles, Outcome success) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        handles.all().forEach(handle -> outcomes.put(handle.name(), outcome(handle, success)));
        return new WriteReport(durability(handles), outcomes, answers.problems());
    }

    private Outcome outcome(BackendHandle handle, Outcome success) {
        if (!handle.options().enabled()) {
            return Outcome.DISABLED;
        }
        if (handle.isSource()) {
            return Outcome.SOURCE;
        }
        if (answers.values().containsKey(handle)) {
            return success;
        }
        return follows(handle) ? Outcome.QUEUED : Outcome.FAILED;
    }

    /** Whether the backend gets the write from the outbox. */
    private boolean follows(BackendHandle handle) {
        return noted && !handle.isPrimary() && !answers.values().containsKey(handle) && !rejected.contains(handle);
    }

    private Durability durability(BackendHandles handles) {
        if (!noted) {
            return Durability.UNPROTECTED;
        }
        if (handles.replicas().isEmpty()) {
            return Durability.LOCAL;
        }
        if (handles.replicas().stream().anyMatch(this::follows)) {
            return Durability.QUEUED;
        }
        return rejected.isEmpty() ? Durability.REPLICATED : Durability.PARTIAL;
    }

    /** The answer of the store of record together with those of the others, by priority. */
    static <R> Answers<R> together(BackendHandles handles, LocalCommit.Committed<R> committed, Answers<R> others) {
        Map<BackendHandle, R> values = new LinkedHashMap<>();
        Map<BackendHandle, BackendException> failures = new LinkedHashMap<>();
        for (BackendHandle handle : handles.keepers()) {
            R answer = handle.isPrimary() ? committed.answer() : others.values().get(handle);
            BackendException failure =
                    handle.isPrimary() ? committed.failure() : others.failures().get(handle);
            if (answer != null) {
                values.put(handle, answer);
            }
            if (failure != null) {
                failures.put(handle, failure);
            }
        }
        return new Answers<>(values, failures);
    }
}
