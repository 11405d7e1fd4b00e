package io.unifiedmemory.tools;

import io.unifiedmemory.unified.NoBackendException;
import io.unifiedmemory.unified.UnifiedMemory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Every tool that this server offers, in a fixed order. Thread-safe. */
public final class ToolBox {

    private final Map<String, Tool> byName = new LinkedHashMap<>();
    private final AccessControl access;

    /**
     * @param clock the wall clock, against which ages are measured
     * @param version of this server
     * @param database says how large the local database is now
     */
    public ToolBox(
            UnifiedMemory memory, ToolOptions options, Clock clock, String version, Supplier<DatabaseFile> database) {
        access = new AccessControl(options, clock);
        MaintenanceTools maintenance = new MaintenanceTools(memory, options, clock, version, database);
        MemoryTools memories = new MemoryTools(memory, options);
        SearchTool searches = new SearchTool(memory, options, clock);
        ListTool listing = new ListTool(memory, options);
        Tool store = memories.store();
        Tool search = searches.search();
        List<Tool> all = new ArrayList<>(List.of(
                store,
                memories.retrieve(),
                search,
                listing.getAll(),
                memories.delete(),
                maintenance.health(),
                maintenance.cleanup(),
                new ReconcileTool(memory).reconcile()));
        if (options.compatibilityTools()) {
            CompatibilityTools compatibility = new CompatibilityTools(store, search, options);
            all.addAll(List.of(compatibility.rememberUserInfo(), compatibility.searchUserMemory()));
        }
        all.forEach(tool -> byName.put(tool.name(), tool));
    }

    /** The tools in the order in which clients list them. */
    public List<Tool> tools() {
        return List.copyOf(byName.values());
    }

    /**
     * Runs a tool.
     *
     * @throws ToolFailure when it cannot be done: an unknown tool, a wrong argument, nothing that this caller may do, no
     *     backend that could do it
     * @throws java.util.concurrent.CancellationException when the thread is interrupted while it waits
     */
    public ToolResult call(String name, ToolCall call) {
        Tool tool = byName.get(name);
        if (tool == null) {
            throw Arguments.rejected("unknown tool " + name + "; there are " + String.join(", ", byName.keySet()));
        }
        try {
            return AccessControl.shown(tool.handler().handle(access.granted(tool, call)), call.caller());
        } catch (NoBackendException e) {
            throw AccessControl.shown(e, call.caller());
        }
    }
}
