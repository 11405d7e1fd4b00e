package io.unifiedmemory.tools;

import io.unifiedmemory.unified.UnifiedMemory;
import io.unifiedmemory.unified.sync.Drift;
import io.unifiedmemory.unified.sync.Reconciliation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code reconcile}: compares the store of record with every other backend, of all users that it knows. Stateless. */
final class ReconcileTool {

    private final UnifiedMemory memory;
    private final Fields fields;

    ReconcileTool(UnifiedMemory memory, ToolOptions options) {
        this.memory = memory;
        fields = new Fields(options);
    }

    /** It writes and does not destroy: what it takes away was replaced or deleted before. */
    Tool reconcile() {
        return Tool.named("reconcile")
                .titled("Compare the backends")
                .describedAs(
                        "Compare each backend with the store of record and copy what is newer each way. It happens by itself"
                                + " after an outage and every few hours, and can take minutes.")
                .takes(Schema.object()
                        .optional("dry_run", Schema.bool("Only report the differences"))
                        .optional("user_id", fields.name("A further user to compare, not known here yet")))
                .writes()
                .about(ToolScope.ALL_USERS)
                .handledBy(this::reconcile)
                .build();
    }

    private ToolResult reconcile(ToolCall call) {
        Arguments arguments = Arguments.of(call);
        boolean dryRun = arguments.flag("dry_run");
        List<String> users = arguments.has(AccessControl.USER_ID) ? List.of(fields.userId(arguments)) : List.of();
        Reconciliation found = memory.reconcile(
                dryRun,
                users,
                (where, compared) -> call.progress().report(compared, compared + " compared, now " + where));
        Map<String, Object> backends = new LinkedHashMap<>();
        found.drifts().forEach((name, drift) -> backends.put(name, json(drift)));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("dry_run", dryRun);
        result.put("complete", found.problems().isEmpty());
        result.put("backends", backends);
        Fields.putProblems(result, found.problems());
        return new ToolResult(result);
    }

    private static Map<String, Object> json(Drift drift) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("compared", drift.compared());
        json.put("drift", drift.count());
        json.put("sent", drift.owedThere());
        json.put("deleted", drift.deletedThere());
        json.put("taken", drift.takenHere());
        return json;
    }
}
